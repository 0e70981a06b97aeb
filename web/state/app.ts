import { createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import { browserClock } from '../browser/clock.ts';
import { deviceName, keepDeviceName } from '../browser/device-name.ts';
import { withStoredHashes } from '../browser/hash-store.ts';
import { instanceKey, takeInstanceKey } from '../browser/instance-key.ts';
import type { Journal, JournalEntry } from '../browser/journal.ts';
import { onNetworkHint } from '../browser/network-hints.ts';
import { makePageConfig, socketAddress } from '../browser/page-config.ts';
import { makePartWorkers, type PartWorkers } from '../browser/part-workers.ts';
import { requestsAtOnce } from '../browser/requests-at-once.ts';
import { newSecret } from '../browser/secrets.ts';
import { makeOpenSocket } from '../browser/socket.ts';
import { startTrace, tracedConnection } from '../browser/trace.ts';
import type { Budget } from '../engine/budget.ts';
import type { CarrierOptions } from '../engine/carrier.ts';
import { type ConnectionStatus, makeConnection } from '../engine/connection.ts';
import { makeUpload, type Upload } from '../engine/upload.ts';
import { type Account, createAccount } from './account.ts';
import type { Carrying } from './carrying.ts';
import { linkOf, secretInHash, uploadInHash } from './links.ts';
import { createOpenUpload, type OpenUpload } from './open-upload.ts';
import { makeSoon } from './soon.ts';
import type { TabWork } from './tab-work.ts';
import { isAtWork, isSettled, takesTheLine } from './turns.ts';

/** An upload that this browser has to do with. */
export type InHand =
  /** A file that was chosen along with others, and is not begun. */
  | { state: 'queued'; file: File }
  | { state: 'open'; open: OpenUpload; entry: JournalEntry | undefined }
  | { state: 'remembered'; entry: JournalEntry };

/** What the page as a whole is about. */
export interface App {
  connection: () => ConnectionStatus;
  /** The upload that the address bar names. */
  current: () => OpenUpload | undefined;
  /** What goes on or was begun here, newest first. */
  inHand: () => readonly InHand[];
  /** What the person allows this device to use of its line; once it is known. */
  budget: () => Budget | undefined;
  /** Whether the screen is kept on, because this device uploads. */
  isScreenKept: () => boolean;
  /** Whether its file waits until others are through. */
  waitsForTurn(open: OpenUpload): boolean;
  /** Whether another tab of this browser carries it; this one goes on if that one is closed. */
  isInOtherTab(open: OpenUpload): boolean;
  /** The server's epoch milliseconds: leases and times on the board are by its clock. */
  serverNowMs(): number;
  /** Starts an upload of each file. One alone is opened: the address bar holds its link at once. */
  start(files: readonly File[]): void;
  /** Helps the current upload with this file. */
  help(file: File): void;
  /** Does not wait for the turn of this one. */
  startNow(one: OpenUpload | File): void;
  /** Takes it off the list; on the server it stays as it is. */
  forget(one: InHand): void;
  deviceName: () => string;
  rename(name: string): void;
  /** Who has signed in here, if anybody has. */
  account: Account;
  /** Whether an upload is among those in hand, by its id. */
  isInHand(upload: string): boolean;
  open(secret: string): void;
  home(): void;
}

/** Uploads of before that the list asks the server about: each is a board to be kept live. */
const LOOK_AT = 6;
/** One has the line, the next is ready to go on where it leaves the line idle. */
const PREPARED = 2;
const TURN_EVERY_MS = 250;
const CARRYING_AGAIN_MS = 2_000;
/** The page is there first; nobody chooses a file sooner. */
const WORKERS_AFTER_MS = 200;

export function createApp(journal: Journal): App {
  takeInstanceKey();
  const trace = startTrace();
  let workers: PartWorkers | undefined;
  const partWorkers = () => {
    workers ??= makePartWorkers(trace);
    return workers;
  };
  // Starting them takes as long as sending a part. Whoever follows a link may only watch, and then needs none.
  if (!secretInHash(location.hash)) setTimeout(partWorkers, WORKERS_AFTER_MS);
  let carrying: Carrying | undefined;
  const loadCarrying = async () => {
    const { makeCarrying } = await import('./carrying.ts');
    if (carrying) return;
    carrying = makeCarrying(browserClock);
    const { budget, screen } = carrying;
    setBudget(budget);
    screen.onChange(() => setScreenKept(screen.isHeld()));
    for (const open of opened()) workOn(open, false);
  };
  // At once, and out of the way of what the page shows first.
  const loading = setTimeout(() => void loadCarrying().catch(() => {}), 0);
  const config = makePageConfig(location.href);
  const [name, setName] = createSignal(deviceName());
  const connection = makeConnection({
    openSocket: makeOpenSocket(async () => socketAddress(await config(), location.href)),
    clock: browserClock,
    random: Math.random,
    device: { key: journal.deviceKey, name: name() },
  });
  const options = {
    connection: tracedConnection(connection, trace),
    clock: browserClock,
    random: Math.random,
    resolve: (url: string) => new URL(url, location.origin).href,
    makeCarrier: (its: CarrierOptions) => {
      if (!carrying) throw new Error('expected what carries to be loaded before a file is attached');
      return carrying.makeCarrier(its);
    },
    ...requestsAtOnce(navigator.userAgent),
  };

  const [budget, setBudget] = createSignal<Budget>();
  const [isScreenKept, setScreenKept] = createSignal(false);
  const [status, setStatus] = createSignal(connection.status());
  const [current, setCurrent] = createSignal<OpenUpload>();
  const [opened, setOpened] = createSignal<readonly OpenUpload[]>([]);
  const [queue, setQueue] = createSignal<readonly File[]>([]);
  const [made, setMade] = createSignal(journal.entries());
  /** Files that are here and wait for the line. */
  const [waiting, setWaiting] = createSignal<ReadonlyMap<OpenUpload, File>>(new Map());

  /** What this tab does for an upload, and leaves to others of this browser. */
  const [works, setWorks] = createSignal<ReadonlyMap<OpenUpload, TabWork>>(new Map());
  const workOn = (open: OpenUpload, isNew: boolean) => {
    if (!carrying || works().has(open)) return;
    const work = carrying.workOn(open, isNew);
    setWorks((all) => new Map(all).set(open, work));
  };

  // Before any upload is opened: on a new connection, who somebody is is said first.
  const account = createAccount({
    connection,
    config,
    clock: browserClock,
    ownSecrets: () => journal.entries().map(({ secrets }) => secrets.own),
    returned: () => openLink(),
  });
  createEffect(
    on(account.state, ({ state }) => {
      if (state === 'in' && !current() && uploadInHash(location.hash)) openLink();
    }),
  );

  const attached = new Set<OpenUpload>();
  const attach = (open: OpenUpload, file: File) => {
    attached.add(open);
    setWaiting((all) => new Map([...all].filter(([other]) => other !== open)));
    const carry = () => {
      if (!attached.has(open)) return;
      const port = () => withStoredHashes(partWorkers().open(file), file, journal.database);
      works().get(open)?.carry(port);
    };
    if (carrying) return carry();
    // It did not come: the server is away, as it is for the upload. Both are tried again.
    const retry = () => setTimeout(() => attached.has(open) && load(), CARRYING_AGAIN_MS);
    const load = () => void loadCarrying().then(carry, retry);
    load();
  };

  /** Gives the line to the next one, and prepares the one after it. */
  const nextTurn = () => {
    const isBusy = (open: OpenUpload) => takesTheLine(open.upload.view(), attached.has(open));
    carrying?.screen.want(opened().some(isBusy));
    const [next] = waiting();
    if (next && !opened().some(isBusy)) attach(...next);
    const underWay = opened().filter(
      (open) => open.source().state === 'here' && !isSettled(open.upload.view()),
    );
    const [file] = queue();
    if (!file || underWay.length >= PREPARED) return;
    setQueue((all) => all.slice(1));
    begin(file);
  };

  const turning = makeSoon(nextTurn, TURN_EVERY_MS);

  const add = (upload: Upload, secret: string, links: OpenUpload['links'], isNew = false): OpenUpload => {
    const open = createOpenUpload({
      upload,
      secret,
      links,
      journal,
      clock: browserClock,
      random: Math.random,
      serverNowMs: connection.serverNowMs,
      ready(file) {
        // What the person looks at is what they want done first.
        if (open === current()) return attach(open, file);
        setWaiting((all) => new Map(all).set(open, file));
        nextTurn();
      },
    });
    upload.onChange(turning.call);
    setOpened((all) => [open, ...all]);
    workOn(open, isNew);
    return open;
  };

  const close = (open: OpenUpload) => {
    setOpened((all) => all.filter((other) => other !== open));
    setWaiting((all) => new Map([...all].filter(([other]) => other !== open)));
    attached.delete(open);
    works().get(open)?.close();
    setWorks((all) => new Map([...all].filter(([other]) => other !== open)));
    open.close();
  };

  const join = (secret: string): OpenUpload => {
    const entry = journal.entryOf(secret);
    const own = entry?.secrets.own ?? secret;
    const known = opened().find((open) => open.secret === own);
    if (known) return known;
    const upload = makeUpload({ ...options, memory: journal.memoryOf(own) }, { kind: 'join', secret: own });
    return add(upload, own, {
      help: linkOf(location.href, entry?.secrets.help ?? secret),
      watch: entry && linkOf(location.href, entry.secrets.watch),
    });
  };

  const show = (next: OpenUpload | undefined) => {
    const before = current();
    if (before === next) return;
    setCurrent(next);
    const isListed = before && (journal.entryOf(before.secret) || isAtWork(before.upload.view()));
    if (before && !isListed && !waiting().has(before)) close(before);
    const file = next && waiting().get(next);
    if (next && file) attach(next, file);
    if (!next) lookAtMade();
  };

  /** The list of uploads says how they stand, so it asks. */
  const lookAtMade = () => {
    for (const { secrets } of made().slice(0, LOOK_AT)) join(secrets.own);
  };

  const idOf = (open: OpenUpload) => {
    const view = open.upload.view();
    return view.state === 'open' ? view.upload : undefined;
  };

  /** One of theirs that this browser has no secret of. */
  const joinOwn = (upload: string): OpenUpload | undefined => {
    if (account.state().state !== 'in') return undefined;
    const known = opened().find((open) => idOf(open) === upload || open.secret === upload);
    if (known) return known;
    const own = makeUpload({ ...options, memory: journal.memoryOf(upload) }, { kind: 'own', upload });
    return add(own, upload, { help: undefined, watch: undefined });
  };

  const openLink = () => {
    const upload = uploadInHash(location.hash);
    if (upload) return show(joinOwn(upload));
    const secret = secretInHash(location.hash);
    show(secret ? join(secret) : undefined);
  };

  const begin = (file: File): OpenUpload => {
    const secrets = { own: newSecret(), help: newSecret(), watch: newSecret() };
    const info = { name: file.name || 'unnamed', sizeBytes: file.size, type: file.type };
    const memory = journal.memoryOf(secrets.own);
    const upload = makeUpload(
      { ...options, memory },
      { kind: 'create', file: info, secrets, key: instanceKey() },
    );
    // Before the server answers: should the page be closed meanwhile, the link still opens as its owner's.
    const { lastModified: modifiedAtMs } = file;
    const { name: fileName, sizeBytes } = info;
    journal.remember({ secrets, name: fileName, sizeBytes, createdAtMs: Date.now(), modifiedAtMs });
    setMade(journal.entries());
    const stopAwaiting = upload.onChange(() => {
      const { state } = upload.view();
      if (state === 'opening') return;
      stopAwaiting();
      if (state === 'open') return;
      journal.forget(secrets.own);
      setMade(journal.entries());
    });
    const links = {
      help: linkOf(location.href, secrets.help),
      watch: linkOf(location.href, secrets.watch),
    };
    const open = add(upload, secrets.own, links, true);
    open.choose(file);
    return open;
  };

  journal.onChange(() => setMade(journal.entries()));
  const stopStatus = connection.onStatus(setStatus);
  const onHash = () => {
    takeInstanceKey();
    openLink();
  };
  const stopHints = onNetworkHint(connection.tryNow);
  // A page that is only put aside comes back with its file and goes on.
  const onPageHide = ({ persisted }: PageTransitionEvent) => {
    if (persisted) return;
    for (const open of opened()) {
      open.pauseForUnload();
      works().get(open)?.close();
    }
  };
  window.addEventListener('popstate', onHash);
  window.addEventListener('pagehide', onPageHide);
  onCleanup(() => {
    window.removeEventListener('popstate', onHash);
    stopHints();
    window.removeEventListener('pagehide', onPageHide);
    stopStatus();
    turning.stop();
    carrying?.screen.stop();
    clearTimeout(loading);
    for (const work of works().values()) work.close();
    for (const open of opened()) open.close();
    connection.close();
  });
  openLink();
  if (!current()) lookAtMade();

  const inHand = createMemo((): readonly InHand[] => {
    const entries = made();
    const isOfEntry = (open: OpenUpload) => entries.some(({ secrets }) => secrets.own === open.secret);
    const helped = opened().filter((open) => !isOfEntry(open) && open !== current());
    return [
      ...queue().map((file): InHand => ({ state: 'queued', file })),
      ...helped.map((open): InHand => ({ state: 'open', open, entry: undefined })),
      ...entries.map((entry): InHand => {
        const open = opened().find(({ secret }) => secret === entry.secrets.own);
        return open ? { state: 'open', open, entry } : { state: 'remembered', entry };
      }),
    ];
  });

  const openSecret = (secret: string) => {
    // Not `location.hash = …`: that would open the link as a visitor's.
    history.pushState(null, '', linkOf(location.href, secret));
    openLink();
  };
  /** Opens it under its link, which is the one to help: that is what is copied from the address bar. */
  const goTo = (open: OpenUpload) => openSecret(journal.entryOf(open.secret)?.secrets.help ?? open.secret);

  return {
    connection: status,
    current,
    inHand,
    budget,
    isScreenKept,
    waitsForTurn: (open) => waiting().has(open),
    isInOtherTab: (open) => works().get(open)?.isInOtherTab() ?? false,
    serverNowMs: connection.serverNowMs,
    start(files) {
      const [file] = files;
      if (!file) return;
      if (files.length === 1) return goTo(begin(file));
      setQueue((all) => [...all, ...files]);
      nextTurn();
    },
    help: (file) => current()?.choose(file),
    startNow(one) {
      if (one instanceof File) {
        setQueue((all) => all.filter((file) => file !== one));
        return goTo(begin(one));
      }
      const file = waiting().get(one);
      if (file) attach(one, file);
    },
    forget(one) {
      if (one.state === 'queued') return void setQueue((all) => all.filter((file) => file !== one.file));
      if (one.state === 'open') close(one.open);
      if (one.entry) journal.forget(one.entry.secrets.own);
      setMade(journal.entries());
    },
    account,
    isInHand: (upload) => opened().some((open) => idOf(open) === upload),
    deviceName: name,
    rename(next) {
      keepDeviceName(next);
      setName(next);
      connection.rename(next);
    },
    open: openSecret,
    home() {
      history.pushState(null, '', location.pathname);
      openLink();
    },
  };
}
