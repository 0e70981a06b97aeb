import { nextExpiryMs } from '../../protocol/board/choose.ts';
import type { Geometry } from '../../protocol/board/geometry.ts';
import type { ProtocolError } from '../../protocol/messages/error.ts';
import type { Granted } from '../../protocol/messages/sync.ts';
import type { OpenBoard } from './board-session.ts';
import type { Connection } from './connection.ts';
import { type Load, partsInHand } from './load.ts';
import type { Lookout } from './lookout.ts';
import type { Pacing } from './pacing.ts';
import type { Clock } from './ports.ts';
import { dueForRenewal, isSomething, type Proposal, proposalOf, releaseOf, reportOf } from './proposal.ts';
import { onePerStripe, type SyncRequest, syncMessage } from './sync-message.ts';
import { isHurried, isRunningOut } from './sync-window.ts';
import type { Turns } from './turns.ts';

/** Says on the board what there is to say, one sync at a time, each when it is due. */
export interface Syncing {
  /** Reports, publishes, claims and renews; with nothing to say, sleeps until there is something. */
  sayNext(board: OpenBoard): void;
  /** What is done is still told, and what is in hand given back; nothing is claimed. */
  sayLast(board: OpenBoard): void;
  isUnderWay(): boolean;
  /** What is being asked for right now. */
  asking(): readonly number[];
  /** The server could not note what it was told. */
  isServerFull(): boolean;
}

export interface SyncingOptions {
  load: Load;
  clock: Clock;
  connection: Pick<Connection, 'request' | 'status' | 'serverNowMs'>;
  geometry: Geometry;
  pacing: Pacing;
  turns: Turns;
  lookout: Lookout;
  /** For how many more parts the person allows enough. */
  room(board: OpenBoard): number;
  /** Nothing that is sent gets through: then this device is as good as one that has no line. */
  isInVain(): boolean;
  granted(board: OpenBoard, message: SyncRequest, granted: Granted): void;
  /** It was refused, or (no error) not answered. */
  failed(board: OpenBoard, error: ProtocolError | undefined): void;
}

/** How soon a device with a free place looks again at what the others hold: a look, no message. */
const LOOK_AGAIN_MS = 1_000;

export function makeSyncing(options: SyncingOptions): Syncing {
  const { load, clock, connection, geometry, pacing, turns, lookout } = options;
  const { hand, flights } = load;
  let asking: readonly number[] = [];
  let isSyncing = false;
  let isServerFull = false;

  const sayNext = (board: OpenBoard) => {
    if (isSyncing || connection.status().state !== 'online') return;
    const times = { nowMs: clock.nowMs(), serverNowMs: connection.serverNowMs() };
    const own = pacing.workOn(load, board);
    const ownPartsPerS = (own.rateBps ?? 0) / geometry.partBytes;
    const isRunningLow = isRunningOut(hand.size, own.atOnce - flights.size, ownPartsPerS);
    // With nothing on the way there is nothing to gather either: the last report of all is the one that everybody waits for.
    const isUrgent = isRunningLow || flights.size + hand.size === 0;
    if (turns.isGathering()) {
      // What it will be is found out when it is due: whatever is heard until then may change it again.
      const dueMs = turns.dueMs(isUrgent ? 0 : own.gatherMs);
      if (dueMs > times.nowMs) return turns.wakeAt(dueMs);
    }
    const outlook = (inHand: ReadonlySet<number>) => lookout.outlook(board, inHand, times.serverNowMs);
    const proposal = proposalOf(load, board, own, outlook, times);
    const room = options.room(board) - hand.size;
    if (room < proposal.want.length) proposal.want.length = Math.max(0, room);
    if (room < 1) proposal.hedge = [];
    proposal.release = releaseOf(load, proposal.want);
    if (!isSomething(proposal)) return sleepUntilSomething(board);
    const cannotWait =
      proposal.hedge.length > 0 ||
      (proposal.want.length > 0 && isRunningLow) ||
      (proposal.done.length > 0 && flights.size + hand.size === 0);
    say(board, proposal, cannotWait ? 0 : own.gatherMs);
  };

  const say = (board: OpenBoard, proposal: Proposal, gatherMs: number) => {
    if (isSyncing || connection.status().state !== 'online') return;
    const dueMs = turns.dueMs(gatherMs);
    if (dueMs > clock.nowMs()) return turns.wakeAt(dueMs);
    void sync(board, proposal);
  };

  /** Nothing to say: the next lease to renew, to run out, or a part that has rested, wakes us. */
  const sleepUntilSomething = (board: OpenBoard) => {
    turns.rest();
    const nowMs = clock.nowMs();
    const serverMs = connection.serverNowMs();
    const renewalMs = dueForRenewal(
      board,
      partsInHand(load, nowMs),
      pacing.workOn(load, board).leaseMs,
      serverMs,
    ).nextMs;
    const expiryMs = nextExpiryMs(board.replica, board.info.device, serverMs) ?? Number.POSITIVE_INFINITY;
    const inMs = Math.min(renewalMs, expiryMs) - serverMs;
    // With a place free and parts left to others, what is expected of those may prove wrong at any time.
    const isLeft = Number.isFinite(expiryMs) || board.replica.freeParts(serverMs) > 0;
    const isWatching = flights.size < pacing.atOnce() && isLeft;
    const lookMs = isWatching ? LOOK_AGAIN_MS : Number.POSITIVE_INFINITY;
    turns.wakeAt(nowMs + Math.min(inMs + 1, hand.nextUntilMs(nowMs) - nowMs + 1, lookMs));
  };

  const sync = async (board: OpenBoard, proposal: Proposal) => {
    turns.begin();
    isSyncing = true;
    const { rateBps = 0, leaseMs, backlogBytes: left } = pacing.workOn(load, board);
    const said = {
      leaseMs,
      rateBps: options.isInVain() ? 0 : Math.round(rateBps),
      backlogBytes: Math.round(left),
      hurry: isHurried(pacing.tempoOn(board)),
      again: load.unheard.size > 0,
    };
    const message = syncMessage(board.info.upload, proposal, said);
    asking = [...message.want, ...message.hedge];
    const reply = await connection.request(message);
    asking = [];
    isSyncing = false;
    if (reply.state !== 'answered' || reply.message.type !== 'granted') {
      for (const part of onePerStripe(message)) load.unheard.add(part);
      isServerFull = reply.state === 'refused' && reply.error.kind === 'store-full';
      return options.failed(board, reply.state === 'refused' ? reply.error : undefined);
    }
    isServerFull = false;
    for (const part of message.release) load.returned.delete(part);
    for (const part of message.renew) load.unheard.delete(part);
    const tickets = reply.message.put?.tickets ?? [];
    turns.succeeded(message.want.length + message.hedge.length, tickets.length);
    options.granted(board, message, reply.message);
  };

  return {
    sayNext,
    sayLast(board) {
      const report = reportOf(load);
      if (isSomething(report)) say(board, report, 0);
    },
    isUnderWay: () => isSyncing,
    asking: () => asking,
    isServerFull: () => isServerFull,
  };
}
