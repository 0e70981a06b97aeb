import { createSignal } from 'solid-js';
import type { Journal, KeptLink, LinksChange } from '../browser/journal.ts';
import { isPausedHere, keepPausedHere } from '../browser/paused-here.ts';
import { makeEmitter } from '../engine/emitter.ts';
import type { Clock } from '../engine/ports.ts';
import type { Upload, UploadView } from '../engine/upload.ts';
import { makeBorneOut } from './borne-out.ts';
import { type FileSource, makeFileSource, type SourceView } from './file-source.ts';
import { type History, makeHistory } from './history.ts';
import { makeSoon } from './soon.ts';
import { makeTickets, type Tickets } from './tickets.ts';

/** An upload open in this page. */
export interface OpenUpload {
  upload: Upload;
  /** Follows the upload; a few changes a second. */
  view: () => UploadView;
  /** Where this device has its bytes from, or why it has none. */
  source: () => SourceView;
  /** The file that was last chosen here for it. */
  chosen: () => File | undefined;
  choose(file: File): void;
  /** Goes on with the file of before, where the browser wants a click for it. */
  goOn(): void;
  /** The links that this device may give away; only who made the upload has the one to watch. */
  links: { help: string | undefined; watch: string | undefined };
  /** Links that were made here for others. */
  keptLinks(): readonly KeptLink[];
  changeKeptLinks(change: LinksChange): void;
  /** The secret by which this device joins it. */
  secret: string;
  /** Once the board is there. */
  tickets(): Tickets | undefined;
  /** Tells of parts that changed, as often as an eye can follow. */
  onTickets(listener: (parts: readonly number[]) => void): () => void;
  /** Speeds since this page has the upload open; a new sample every second, told by `view`. */
  history: History;
  /** Stops carrying for now; the file is not forgotten. */
  pauseForUnload(): void;
  /** Holds on or goes on as the person said in another tab; what is kept of it is so already. */
  applyPause(isPaused: boolean): void;
  close(): void;
}

export interface OpenUploadOptions {
  upload: Upload;
  secret: string;
  links: OpenUpload['links'];
  journal: Journal;
  clock: Clock;
  random: () => number;
  serverNowMs: () => number;
  /** The file is there: to be carried at once or in its turn. */
  ready(file: File): void;
}

/** The eye reads figures no faster than this, and drawing them costs what the upload could use. */
const SHOW_EVERY_MS = 250;
/** A grid moves smoothly enough at this. */
const TICKETS_EVERY_MS = 33;
/** Speeds fade, and leases run out, without any event. */
const TICK_MS = 1_000;

export function createOpenUpload(options: OpenUploadOptions): OpenUpload {
  const { upload, clock, serverNowMs } = options;
  if (isPausedHere(options.secret)) upload.pause(true);
  const source: FileSource = makeFileSource({ ...options, attach: options.ready });
  const [view, setView] = createSignal<UploadView>(upload.view());
  const [sourceView, setSourceView] = createSignal(source.view());
  const [chosen, setChosen] = createSignal<File>();
  const ticketChanges = makeEmitter<readonly number[]>();
  const history = makeHistory();
  const borneOut = makeBorneOut();
  const stale = new Set<number>();
  let tickets: Tickets | undefined;

  const heldByOthersBytes = () => {
    const board = upload.board();
    if (!board) return 0;
    let parts = 0;
    for (const [device, held] of board.replica.holdings(serverNowMs())) {
      if (device !== board.info.device) parts += held;
    }
    return parts * board.replica.geometry.partBytes;
  };
  const refreshTickets = () => {
    const board = upload.board();
    if (!board) return;
    tickets ??= makeTickets(board, serverNowMs);
    const changed = tickets.refresh(stale, clock.nowMs());
    stale.clear();
    if (changed.length > 0) ticketChanges.emit(changed);
  };
  const refreshing = makeSoon(refreshTickets, TICKETS_EVERY_MS);
  const showing = makeSoon(() => setView(upload.view()), SHOW_EVERY_MS);

  const stops = [
    upload.onChange(showing.call),
    upload.onStripes((stripes) => {
      for (const s of stripes) stale.add(s);
      refreshing.call();
    }),
    source.onChange(() => setSourceView(source.view())),
    upload.onChange(() => {
      const now = upload.view();
      if (now.state !== 'open') return;
      const shown = view();
      // Figures can wait to be read; that it is complete, or ended, or carried here from now on, is told at once.
      const isNews = (was: typeof now) =>
        was.phase.state !== now.phase.state || !was.carrier !== !now.carrier;
      if (shown.state === 'open' && isNews(shown)) setView(now);
      if (now.phase.state === 'finished' || now.phase.state === 'aborted') source.drop();
      source.told(now.carrier);
    }),
    refreshing.stop,
    showing.stop,
  ];
  const timer = setInterval(() => {
    const now = upload.view();
    if (now.state === 'open' && now.phase.state === 'open') {
      const atMs = clock.nowMs();
      const carriedBytes = now.progress.shownBytes;
      const rates = borneOut({
        atMs,
        rates: new Map(now.devices.map(({ number, rateBps }) => [number, rateBps])),
        carriedBytes,
        heldByOthersBytes: heldByOthersBytes(),
      });
      history.add({ atMs, rates, carriedBytes });
      for (const s of tickets?.leasedStripes() ?? []) stale.add(s);
      refreshTickets();
    }
    setView(now);
  }, TICK_MS);

  return {
    upload: {
      ...upload,
      detach() {
        source.drop();
        upload.detach();
      },
      pause(isPaused) {
        keepPausedHere(options.secret, isPaused);
        upload.pause(isPaused);
      },
    },
    view,
    source: sourceView,
    chosen,
    choose(file) {
      setChosen(() => file);
      source.choose(file);
    },
    goOn: () => void source.goOn(),
    links: options.links,
    keptLinks: () => options.journal.entryOf(options.secret)?.links ?? [],
    changeKeptLinks: (change) => options.journal.changeLinks(options.secret, change),
    secret: options.secret,
    tickets: () => tickets,
    onTickets: ticketChanges.on,
    history,
    pauseForUnload: upload.detach,
    applyPause: upload.pause,
    close() {
      for (const stop of stops) stop();
      clearInterval(timer);
      source.close();
      upload.close();
    },
  };
}
