import { geometryOf } from '../../protocol/board/geometry.ts';
import { makeReplica, type Replica } from '../../protocol/board/replica.ts';
import type { Down } from '../../protocol/down.ts';
import { type Board, type BoardDevice, type Stripe, stripeFromWire } from '../../protocol/messages/board.ts';
import type { FileInfo, UploadState } from '../../protocol/messages/common.ts';
import type { ProtocolError } from '../../protocol/messages/error.ts';
import { LINK_AGAIN, LINK_TRIES, SYNC_AGAIN, waitMs } from './backoff.ts';
import type { Connection, Request } from './connection.ts';
import { makeEmitter } from './emitter.ts';
import { type Heard, makeHearsay } from './hearsay.ts';
import type { Clock } from './ports.ts';

/** How the board is opened: a new upload, or by a link's secret. */
export type Opening =
  | {
      kind: 'create';
      file: FileInfo;
      secrets: { own: string; help: string; watch: string };
      /** Of a server that wants one. */
      key?: string | undefined;
    }
  /** By its id: one's own, for whoever has signed in. */
  | { kind: 'own'; upload: string }
  | { kind: 'join'; secret: string };

/** The board as this device knows it. */
export interface OpenBoard {
  info: Omit<Board, 'type' | 're' | 'stripes' | 'devices' | 'state' | 'proven'>;
  replica: Replica;
  state: UploadState;
  members: ReadonlyMap<number, BoardDevice>;
}

export type SessionEvent =
  /** A snapshot came: after opening, and after every reconnect. `proven` as the server sees it now. */
  | { kind: 'opened'; proven: boolean }
  | { kind: 'changed'; stripes: readonly number[] }
  | { kind: 'state' }
  | { kind: 'members' }
  /** The server is there and cannot open it now; it is asked again. */
  | { kind: 'delayed'; error: ProtocolError }
  /** The link is not valid, or the upload could not be made. Final. */
  | { kind: 'refused'; error: ProtocolError };

export interface BoardSession {
  board(): OpenBoard | undefined;
  on(listener: (event: SessionEvent) => void): () => void;
  /** Takes stripes that came as an answer. */
  takeStripes(stripes: readonly Stripe[]): void;
  takeState(state: UploadState): void;
  /** The speed of a device, if it has been heard of lately. Bytes a second. */
  rateOf(device: number): number | undefined;
  /** The speeds of all other devices that have been heard of lately, together. Bytes a second. */
  othersBps(): number;
  /** How many other devices are there that carry. */
  helpers(): number;
  /** What a device last said of its work, if it ever did. */
  heardOf(device: number): Heard | undefined;
  /** This device has left the board. */
  isClosed(): boolean;
  /** Opens the board anew, for a snapshot. */
  reopen(): void;
  close(): void;
}

/** A snapshot of 200 devices and 10,000 parts is three frames; beyond this somebody is not serious. */
const MAX_EARLY = 2_000;
/** How soon an idle device asks after an upload that is full but, as far as it has heard, not being finished. */
const ASK_AFTER_MS = 3_000;

export function makeBoardSession(
  connection: Connection,
  clock: Clock,
  random: () => number,
  opening: Opening,
): BoardSession {
  const events = makeEmitter<SessionEvent>();
  let board: (OpenBoard & { members: Map<number, BoardDevice> }) | undefined;
  const hearsay = makeHearsay(
    clock,
    (device) => device !== board?.info.device && board?.members.get(device)?.online === true,
  );
  /** Counted when it is asked for, and again when somebody comes or goes. */
  let helpers: number | undefined;
  let isClosed = false;
  let failures = 0;
  /** How often the server has said that it knows no such link. */
  let unknown = 0;
  let attempt = 0;
  let cancelRetry = () => {};
  let cancelAsk = () => {};
  let hasCaughtUp = false;
  /**
   * What comes while a snapshot is on its way: changes made since the server read it, and the rest of one that did not
   * fit its frame. It may overtake the snapshot, so it is taken (again) after it; being state, it does no harm twice.
   */
  let early: Down[] | undefined;

  const open = async () => {
    cancelRetry();
    const mine = ++attempt;
    early = [];
    const isStale = () => isClosed || mine !== attempt;
    // Once an upload is made, its owner comes back to it like everybody else.
    const reply = await connection.request(requestTo(opening, board !== undefined));
    if (isStale()) return;
    const missed = early ?? [];
    early = undefined;
    if (reply.state === 'answered' && reply.message.type === 'board') {
      failures = 0;
      unknown = 0;
      snapshot(reply.message);
      for (const message of missed) receive(message);
    } else if (reply.state === 'refused' && reply.error.minBackoffMs === undefined) {
      if (mayComeYet(reply.error)) {
        cancelRetry = clock.after(waitMs(LINK_AGAIN, ++unknown, random()), () => void open());
      }
      events.emit({ kind: 'refused', error: reply.error });
    } else if (connection.status().state === 'online') {
      // Offline, the next `online` opens the board again; only a server that is there is asked again.
      failures += 1;
      if (reply.state === 'refused') events.emit({ kind: 'delayed', error: reply.error });
      const atLeastMs = reply.state === 'refused' ? (reply.error.minBackoffMs ?? 0) : 0;
      cancelRetry = clock.after(atLeastMs + waitMs(SYNC_AGAIN, failures, random()), () => void open());
    }
  };

  /** The server knows no such link. Its maker's page shows it at once, and may have it made a moment later. */
  const mayComeYet = ({ kind, value }: ProtocolError) =>
    kind === 'not-admitted' &&
    value === undefined &&
    opening.kind === 'join' &&
    !board &&
    unknown < LINK_TRIES;

  const snapshot = ({ type, re, stripes, devices, state, proven, ...info }: Board) => {
    const replica = board?.replica ?? makeReplica(geometryOf(info.file.sizeBytes));
    const members = new Map(devices.map((device) => [device.number, device]));
    helpers = undefined;
    // A snapshot may have been read before the end that was heard of meanwhile: what is over stays over.
    const known = board && isOver(board.state) ? board.state : state;
    board = { info, replica, state: known, members };
    for (const stripe of stripes) replica.merge(stripeFromWire(stripe));
    events.emit({ kind: 'opened', proven });
    watchFinish();
  };

  const takeStripes = (stripes: readonly Stripe[]) => {
    if (!board) return;
    const { replica } = board;
    const news = stripes.filter((stripe) => replica.isNews(stripe));
    const changed = news.filter((stripe) => replica.merge(stripeFromWire(stripe))).map(({ s }) => s);
    if (changed.length > 0) events.emit({ kind: 'changed', stripes: changed });
    watchFinish();
  };

  const takeState = (state: UploadState) => {
    if (!board || isOver(board.state)) return;
    board.state = state;
    events.emit({ kind: 'state' });
    watchFinish();
  };

  const receive = (message: Down) => {
    if (early && early.length < MAX_EARLY) early.push(message);
    if (!board || !('upload' in message) || message.upload !== board.info.upload) return;
    if (message.type === 'stripes') {
      const { by, rates = [], backlogs } = message;
      if (by) hear([[by.device, by.rateBps]], new Map([[by.device, by.backlogBytes]]));
      hear(rates, new Map(backlogs));
      takeStripes(message.stripes);
    } else if (message.type === 'state') {
      takeState(message.state);
    } else if (message.type === 'device') {
      const { device } = message;
      board.members.set(device.number, device);
      helpers = undefined;
      events.emit({ kind: 'members' });
    }
  };

  const hear = (
    rates: ReadonlyArray<readonly [device: number, rateBps: number]>,
    backlogs: ReadonlyMap<number, number | undefined>,
  ) => {
    if (rates.length === 0) return;
    for (const [device, rateBps] of rates) hearsay.hear(device, rateBps, backlogs.get(device));
    events.emit({ kind: 'members' });
  };

  /** Nothing polls; but whoever should have finished may have died, so at the right moment somebody asks. */
  const watchFinish = () => {
    cancelAsk();
    if (!board || isClosed) return;
    const { state } = board;
    if (isOver(state)) return catchUp(state);
    if (state.state !== 'finishing' && !board.replica.isFull()) return;
    const dueMs = state.state === 'finishing' ? Math.max(0, state.untilMs - connection.serverNowMs()) : 0;
    // Jitter, so that two hundred devices do not ask at once; the first answer reaches all of them.
    cancelAsk = clock.after(dueMs + ASK_AFTER_MS * (1 + random()), () => void ask());
  };

  /** [R3] Once: what a snapshot does not show then, nothing will. */
  const catchUp = ({ state }: UploadState) => {
    if (state !== 'finished' || board?.replica.isFull() || hasCaughtUp) return;
    cancelAsk = clock.after(ASK_AFTER_MS * (1 + random()), () => {
      hasCaughtUp = true;
      void open();
    });
  };

  const ask = async () => {
    if (!board) return;
    const { upload } = board.info;
    const reply = await connection.request({
      type: 'sync',
      upload,
      done: [],
      hashes: [],
      want: [],
      hedge: [],
      release: [],
      renew: [],
      leaseMs: 0,
      rateBps: 0,
    });
    if (reply.state === 'answered' && reply.message.type === 'granted') takeState(reply.message.state);
    watchFinish();
  };

  const stopListening = [
    connection.onMessage(receive),
    connection.onStatus(({ state }) => {
      if (state === 'online') void open();
    }),
  ];
  if (connection.status().state === 'online') void open();

  const countHelpers = () => {
    let count = 0;
    for (const { number, online, role } of board?.members.values() ?? []) {
      if (online && role !== 'watcher' && number !== board?.info.device) count++;
    }
    return count;
  };

  return {
    board: () => board,
    on: events.on,
    takeStripes,
    takeState,
    rateOf: (device) => (board?.members.get(device)?.online ? hearsay.rateOf(device) : undefined),
    othersBps: hearsay.sumBps,
    helpers() {
      helpers ??= countHelpers();
      return helpers;
    },
    heardOf: hearsay.heardOf,
    isClosed: () => isClosed,
    reopen: () => void open(),
    close() {
      isClosed = true;
      cancelRetry();
      cancelAsk();
      for (const stop of stopListening) stop();
      if (board) void connection.request({ type: 'leave', upload: board.info.upload });
    },
  };
}

function requestTo(opening: Opening, isMade: boolean): Request {
  switch (opening.kind) {
    case 'join':
      return { type: 'join', secret: opening.secret };
    case 'own':
      return { type: 'open', upload: opening.upload };
    case 'create': {
      const { file, secrets, key } = opening;
      if (isMade) return { type: 'join', secret: secrets.own };
      return { type: 'create', file, secrets, ...(key === undefined ? {} : { key }) };
    }
  }
}

export function isOver(state: UploadState): boolean {
  return state.state === 'finished' || state.state === 'aborted';
}
