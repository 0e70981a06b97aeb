import { createSignal, onCleanup } from 'solid-js';
import { browserClock } from '../browser/clock.ts';
import { guessDeviceName } from '../browser/device-name.ts';
import { withStoredHashes } from '../browser/hash-store.ts';
import { deviceKey, type Journal, type JournalEntry } from '../browser/journal.ts';
import { onNetworkHint } from '../browser/network-hints.ts';
import { makePageConfig, socketAddress } from '../browser/page-config.ts';
import { makePartWorkers } from '../browser/part-workers.ts';
import { requestsAtOnce } from '../browser/requests-at-once.ts';
import { newSecret } from '../browser/secrets.ts';
import { makeOpenSocket } from '../browser/socket.ts';
import { type ConnectionStatus, makeConnection } from '../engine/connection.ts';
import { makeUpload, type Upload, type UploadView } from '../engine/upload.ts';
import { type FileSource, makeFileSource, type SourceView } from './file-source.ts';
import { linkOf, secretInHash } from './links.ts';

/** An upload open in this page. */
export interface OpenUpload {
  upload: Upload;
  /** Follows the upload; a few changes a second. */
  view: () => UploadView;
  /** Where this device has its bytes from, or why it has none. */
  source: () => SourceView;
  /** Goes on with the file of before, where the browser wants a click for it. */
  goOn(): void;
  /** The links that this device may give away; only who made the upload has the one to watch. */
  links: { help: string | undefined; watch: string | undefined };
}

/** What the page as a whole is about. */
export interface App {
  connection: () => ConnectionStatus;
  /** The upload that the address bar names. */
  current: () => OpenUpload | undefined;
  made: () => JournalEntry[];
  /** The server's epoch milliseconds: leases and times on the board are by its clock. */
  serverNowMs(): number;
  /** Starts an upload of this file; the address bar holds its link at once. */
  start(file: File): void;
  /** Helps the current upload with this file. */
  help(file: File): void;
  open(secret: string): void;
  home(): void;
}

export function createApp(journal: Journal): App {
  const workers = makePartWorkers();
  const config = makePageConfig(location.href);
  const connection = makeConnection({
    openSocket: makeOpenSocket(async () => socketAddress(await config(), location.href)),
    clock: browserClock,
    random: Math.random,
    device: { key: deviceKey(), name: guessDeviceName(navigator.userAgent) },
  });
  const options = {
    connection,
    clock: browserClock,
    random: Math.random,
    resolve: (url: string) => new URL(url, location.origin).href,
    ...requestsAtOnce(navigator.userAgent),
  };

  const [status, setStatus] = createSignal(connection.status());
  const [current, setCurrent] = createSignal<OpenUpload>();
  const [made, setMade] = createSignal(journal.entries());
  let leave = () => {};
  let choose: FileSource['choose'] = () => {};
  let dispose = () => {};

  /** `secret`: by which this device joins it. */
  const show = (upload: Upload, secret: string, links: OpenUpload['links']) => {
    dispose();
    const source = makeFileSource({
      journal,
      secret,
      clock: browserClock,
      random: Math.random,
      attach: (file) => upload.attach(withStoredHashes(workers.open(file), file, journal.database)),
    });
    const [view, setView] = createSignal<UploadView>(upload.view());
    const [sourceView, setSourceView] = createSignal(source.view());
    const stop = nowAndThen(
      (update) => upload.onChange(update),
      () => setView(upload.view()),
    );
    const stopSource = source.onChange(() => setSourceView(source.view()));
    const stopFollowing = upload.onChange(() => {
      const now = upload.view();
      if (now.state !== 'open') return;
      const shown = view();
      // Figures can wait to be read; that it is complete, or ended, is told at once.
      if (shown.state === 'open' && shown.phase.state !== now.phase.state) setView(now);
      if (now.phase.state === 'finished' || now.phase.state === 'aborted') source.drop();
      if (now.carrier?.state === 'stopped' && now.carrier.reason === 'file-unreadable') source.lost();
    });
    // Speeds fade without any event.
    const timer = setInterval(() => setView(upload.view()), 1_000);
    dispose = () => {
      stop();
      stopSource();
      stopFollowing();
      clearInterval(timer);
      source.close();
      upload.close();
    };
    leave = upload.detach;
    choose = source.choose;
    const detach = () => {
      source.drop();
      upload.detach();
    };
    setCurrent({
      upload: { ...upload, detach },
      view,
      source: sourceView,
      goOn: () => void source.goOn(),
      links,
    });
    return source;
  };

  const openLink = () => {
    const secret = secretInHash(location.hash);
    if (!secret) {
      dispose();
      dispose = () => {};
      leave = () => {};
      choose = () => {};
      setCurrent(undefined);
      return;
    }
    const entry = journal.entryOf(secret);
    const own = entry?.secrets.own ?? secret;
    const pageUrl = location.href;
    const upload = makeUpload({ ...options, memory: journal.memoryOf(own) }, { kind: 'join', secret: own });
    show(upload, own, {
      help: linkOf(pageUrl, entry?.secrets.help ?? secret),
      watch: entry && linkOf(pageUrl, entry.secrets.watch),
    });
  };

  const start = (file: File) => {
    const secrets = { own: newSecret(), help: newSecret(), watch: newSecret() };
    const info = { name: file.name || 'unnamed', sizeBytes: file.size, type: file.type };
    const memory = journal.memoryOf(secrets.own);
    const upload = makeUpload({ ...options, memory }, { kind: 'create', file: info, secrets });
    // Before the server answers: should the page be closed meanwhile, the link still opens as its owner's.
    journal.remember({ secrets, name: info.name, sizeBytes: info.sizeBytes, createdAtMs: Date.now() });
    setMade(journal.entries());
    const stopAwaiting = upload.onChange(() => {
      const { state } = upload.view();
      if (state === 'opening') return;
      stopAwaiting();
      if (state === 'open') return;
      journal.forget(secrets.own);
      setMade(journal.entries());
    });
    // Not `location.hash = …`: that would open the link as a visitor's.
    history.pushState(null, '', linkOf(location.href, secrets.help));
    const links = { help: linkOf(location.href, secrets.help), watch: linkOf(location.href, secrets.watch) };
    show(upload, secrets.own, links).choose(file);
  };

  journal.onChange(() => setMade(journal.entries()));
  const stopStatus = connection.onStatus(setStatus);
  const onHash = () => openLink();
  const stopHints = onNetworkHint(connection.tryNow);
  // A page that is only put aside comes back with its file and goes on.
  const onPageHide = ({ persisted }: PageTransitionEvent) => {
    if (!persisted) leave();
  };
  window.addEventListener('popstate', onHash);
  window.addEventListener('pagehide', onPageHide);
  onCleanup(() => {
    window.removeEventListener('popstate', onHash);
    stopHints();
    window.removeEventListener('pagehide', onPageHide);
    stopStatus();
    dispose();
    connection.close();
  });
  openLink();

  return {
    connection: status,
    current,
    made,
    serverNowMs: connection.serverNowMs,
    start,
    help: (file) => choose(file),
    open(secret) {
      history.pushState(null, '', linkOf(location.href, secret));
      openLink();
    },
    home() {
      history.pushState(null, '', location.pathname);
      openLink();
    },
  };
}

/** The eye reads figures no faster than this, and drawing them costs what the upload could use. */
const SHOW_EVERY_MS = 250;

/** Calls `act` when the source fires, and no more often than figures can be read. */
function nowAndThen(listen: (update: () => void) => () => void, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastMs = Number.NEGATIVE_INFINITY;
  const stop = listen(() => {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        lastMs = performance.now();
        act();
      },
      Math.max(0, lastMs + SHOW_EVERY_MS - performance.now()),
    );
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
