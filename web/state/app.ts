import { createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import { browserClock } from '../browser/clock.ts';
import { deviceName, type GuessWords, keepDeviceName } from '../browser/device-name.ts';
import { instanceKey, takeInstanceKey } from '../browser/instance-key.ts';
import type { Journal, JournalEntry } from '../browser/journal.ts';
import { onNetworkHint } from '../browser/network-hints.ts';
import { makePageConfig, socketAddress } from '../browser/page-config.ts';
import { requestsAtOnce } from '../browser/requests-at-once.ts';
import { newSecret } from '../browser/secrets.ts';
import { makeOpenSocket } from '../browser/socket.ts';
import { startTrace, tracedConnection } from '../browser/trace.ts';
import type { Budget } from '../engine/budget.ts';
import type { CarrierOptions } from '../engine/carrier.ts';
import type { CarrierState } from '../engine/carrier-state.ts';
import { type ConnectionStatus, makeConnection } from '../engine/connection.ts';
import { makeUpload, type Upload } from '../engine/upload.ts';
import { type Account, createAccount } from './account.ts';
import { createLine } from './line.ts';
import { linkOf, secretInHash, uploadInHash } from './links.ts';
import { createOpenUpload, type OpenUpload } from './open-upload.ts';
import { isAtWork } from './turns.ts';

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
  /** What another tab of this browser does for it, if one has it; this one goes on if that one is closed. */
  otherTab(open: OpenUpload): CarrierState | undefined;
  /** The server's epoch milliseconds: leases and times on the board are by its clock. */
  serverNowMs(): number;
  /** Starts an upload of each file. One alone is opened: the address bar holds its link at once. */
  start(files: readonly File[]): void;
  /** … and these without leaving what is looked at: they are in the list, and go in their turn. */
  startBeside(files: readonly File[]): void;
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

export function createApp(journal: Journal, words: GuessWords): App {
  takeInstanceKey();
  const trace = startTrace();
  const config = makePageConfig(location.href);
  const [name, setName] = createSignal(deviceName(words));
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
    makeCarrier: (its: CarrierOptions) => line.makeCarrier(its),
    ...requestsAtOnce(navigator.userAgent),
  };

  const [status, setStatus] = createSignal(connection.status());
  const [current, setCurrent] = createSignal<OpenUpload>();
  const [opened, setOpened] = createSignal<readonly OpenUpload[]>([]);
  const [made, setMade] = createSignal(journal.entries());
  const line = createLine({
    clock: browserClock,
    database: journal.database,
    trace,
    opened,
    begin: (file) => void begin(file),
    isForFiles: !secretInHash(location.hash),
  });

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
        line.take(open, file, open === current() ? 'now' : 'in-turn');
      },
    });
    upload.onChange(line.changed);
    setOpened((all) => [open, ...all]);
    line.added(open, isNew);
    return open;
  };

  const close = (open: OpenUpload) => {
    setOpened((all) => all.filter((other) => other !== open));
    line.removed(open);
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
    if (before && !isListed && !line.waits(before)) close(before);
    if (next) line.takeNow(next);
    else lookAtMade();
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
      line.leave(open);
    }
  };
  window.addEventListener('popstate', onHash);
  window.addEventListener('pagehide', onPageHide);
  onCleanup(() => {
    window.removeEventListener('popstate', onHash);
    stopHints();
    window.removeEventListener('pagehide', onPageHide);
    stopStatus();
    line.close();
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
      ...line.queue().map((file): InHand => ({ state: 'queued', file })),
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
    budget: line.budget,
    isScreenKept: line.isScreenKept,
    waitsForTurn: line.waits,
    otherTab: line.otherTab,
    serverNowMs: connection.serverNowMs,
    start(files) {
      const [file] = files;
      if (!file) return;
      if (files.length === 1) return goTo(begin(file));
      line.enqueue(files);
    },
    startBeside: line.enqueue,
    help: (file) => current()?.choose(file),
    startNow(one) {
      if (one instanceof File) {
        line.dequeue(one);
        return goTo(begin(one));
      }
      line.takeNow(one);
    },
    forget(one) {
      if (one.state === 'queued') return line.dequeue(one.file);
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
