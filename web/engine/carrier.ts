import { nextExpiryMs } from '../../protocol/board/choose.ts';
import { geometryOf, partLength } from '../../protocol/board/geometry.ts';
import { isPaused } from '../../protocol/messages/common.ts';
import type { ProtocolError } from '../../protocol/messages/error.ts';
import type { Granted } from '../../protocol/messages/sync.ts';
import { waitMs } from './backoff.ts';
import { type BoardSession, isOver, type OpenBoard } from './board-session.ts';
import { type Budget, unlimited, withBudget } from './budget.ts';
import { makeConducts } from './conduct.ts';
import type { Connection } from './connection.ts';
import { makeEmitter } from './emitter.ts';
import { makeFlights, type Ticket } from './flights.ts';
import { giveBack } from './give-back.ts';
import { isUsedUp, ticketsOf } from './granted.ts';
import { makeHand } from './hand.ts';
import { hashAheadTarget, makeRefill, stripesForHashing, unknownParts } from './hash-ahead.ts';
import { makeHashing } from './hashing.ts';
import { heldOnBoard, type Load, letGo, partsInHand, putAside } from './load.ts';
import { type Memory, NO_MEMORY } from './memory.ts';
import { outlookOf } from './outlook.ts';
import { makePacing } from './pacing.ts';
import type { Clock, FilePort, PutOutcome } from './ports.ts';
import {
  dueForRenewal,
  isBeyondMeans,
  isSomething,
  type Proposal,
  proposalOf,
  releaseOf,
  reportOf,
} from './proposal.ts';
import { makeProver } from './prover.ts';
import { isStoreFull, remedyForPut, remedyForRequest, type StopReason } from './retry.ts';
import { onePerStripe, syncMessage } from './sync-message.ts';
import { isHurried, isRunningOut } from './sync-window.ts';
import { makeTurns } from './turns.ts';

/** What this device is doing with its file. */
export type CarrierState =
  | { state: 'proving' }
  | { state: 'carrying' }
  /** Puts keep failing; they are tried again. */
  | { state: 'retrying' }
  /** The store, or the server's own table, has no room; it is tried again, at long intervals. */
  | { state: 'store-full' }
  /** Every ticket is done or in the hands of others. */
  | { state: 'nothing-free' }
  /** Nothing leaves this device until the person goes on, or an owner does for all. */
  | { state: 'paused'; by: 'person' | 'owner' }
  /** What the person allows this device to send has been sent. */
  | { state: 'used-up' }
  | { state: 'over' }
  | { state: 'stopped'; reason: StopReason; detail: string; part?: number };

export interface Carrier {
  state(): CarrierState;
  /** Bytes a second over the last seconds. */
  rateBps(): number;
  /** Bytes of unfinished parts that have left, and parts that the board does not show as done yet. */
  sentBytes(): number;
  onChange(listener: () => void): () => void;
  /** Holds on, with everything given back, or goes on. */
  pause(isPaused: boolean): void;
  /** Gives back what is in hand. */
  stop(): void;
}

export interface CarrierOptions {
  connection: Connection;
  session: BoardSession;
  clock: Clock;
  random: () => number;
  file: FilePort;
  /** Makes an address of the server's absolute. */
  resolve: (url: string) => string;
  /** Requests in flight at once, to begin with. */
  atOnce: number;
  /** … and as many as this, while more of them bring more. */
  atMost?: number;
  /** Requests that there are connections for, those included that only wait for the store: no more than these leave. */
  connections?: number;
  /** Whether this device creates the upload: then it may hash before the board is there. */
  isCreator: boolean;
  memory?: Memory;
  /** What the person allows this device to use of its line. */
  budget?: Budget;
  /** Begun as a paused one. */
  isPaused?: boolean;
}

/** How soon a device with a free place looks again at what the others hold: a look, no message. */
const LOOK_AGAIN_MS = 1_000;
/** A device that was refused nothing but time: parts failing this often in a row are shown as a reason. */
const FAILURES_SHOWN = 2;

const USED_UP =
  'This link allows no more bytes. What this device has uploaded is kept; ask for another link to go on.';

/** Carries parts of one file: hashes, claims, puts, reports. Event-driven: everything ends in `pump`. */
export function makeCarrier(options: CarrierOptions): Carrier {
  const {
    connection,
    session,
    clock,
    random,
    file,
    memory = NO_MEMORY,
    budget = unlimited(options.clock),
  } = options;
  const geometry = geometryOf(file.sizeBytes);
  const changes = makeEmitter<void>();
  let state: CarrierState = { state: 'proving' };
  /** What is being asked for right now. */
  let asking: readonly number[] = [];
  let isSyncing = false;
  let noted = '';
  let foundNoRoom = false;
  let hasStored = false;
  /** The server could not note what it was told. */
  let isServerFull = false;
  let isHeld = options.isPaused ?? false;
  let cancelLeave = () => {};

  const load: Load = {
    hand: makeHand(),
    flights: makeFlights({
      file: withBudget(file, budget),
      geometry,
      sent: (bytes) => {
        pacing.sent(bytes);
        changes.emit();
        // A first measure allows more at once, a long part is near its end, or the line is about to be idle.
        if (
          isFirstPart() ||
          (!isSyncing && pacing.isLacking(load)) ||
          (hand.size > 0 && pacing.hasPlace(flights))
        )
          pump();
      },
      landed: (ticket, outcome) => landed(ticket, outcome),
    }),
    unreported: new Set(),
    unpublished: new Map(),
    returned: new Set(),
    unheard: new Set(),
  };
  const { hand, flights, unreported, unpublished } = load;
  const pacing = makePacing({
    clock,
    serverNowMs: connection.serverNowMs,
    geometry,
    budget,
    session,
    places: { first: options.atOnce, most: options.atMost ?? options.atOnce },
    connections: options.connections ?? Number.POSITIVE_INFINITY,
  });
  const turns = makeTurns(clock, random, () => pump());

  const hashing = makeHashing({
    file,
    geometry,
    hashed(part, sha256) {
      if (mayPublish() && !session.board()?.replica.isKnown(part)) unpublished.set(part, sha256);
      pump();
    },
    unreadable: (reason) => stopFor('file-unreadable', reason),
  });

  const mayPublish = () =>
    (session.board()?.info.role ?? (options.isCreator ? 'owner' : 'helper')) === 'owner';
  const isStopped = () => state.state === 'stopped' || state.state === 'over';

  const setState = (next: CarrierState) => {
    if (isSameState(next, state)) return;
    state = next;
    changes.emit();
  };

  const stopFor = (why: StopReason, detail: string, part?: number) => {
    if (isStopped()) return;
    const reason = isAboutFile(why) ? (isFileOfUpload() ? 'file-changed' : 'different-file') : why;
    setState({ state: 'stopped', reason, detail, ...(part === undefined ? {} : { part }) });
    putDown();
  };

  /** An owner's file of that name and size is what the upload was made of; any other one that differs is another file. */
  const isFileOfUpload = () => {
    const info = session.board()?.info.file;
    return mayPublish() && (!info || (info.name === file.name && info.sizeBytes === file.sizeBytes));
  };

  /** Ends all work and gives the tickets back, so that nobody waits for their leases. */
  const putDown = () => {
    turns.stop();
    cancelLeave();
    const board = session.board();
    // The board knows of one more than the hand and the flights: the part whose failure ends the work.
    const onBoard = board ? heldOnBoard(board, connection.serverNowMs()) : [];
    // … and what was asked for just now will be granted before it hears that it is given back.
    const parts = [...hand.parts(), ...flights.parts(), ...onBoard, ...asking];
    giveBack(connection, session, parts, unreported);
    flights.stop();
    hashing.stop();
  };

  const note = () => {
    const parts = [...unreported];
    if (parts.join() === noted) return;
    noted = parts.join();
    memory.noteLanded(parts);
  };

  const prover = makeProver({
    connection,
    file,
    geometry,
    hashing,
    memory,
    recalled: (part) => unreported.add(part),
  });

  const startProving = async (board: OpenBoard) => {
    if (prover.isBusy()) return;
    const proof = await prover.run(board, mayPublish());
    if (isStopped()) return;
    if (proof.state === 'proven') {
      turns.reset();
      pump();
    } else if (proof.state === 'unreadable') {
      stopFor('file-unreadable', proof.reason);
    } else {
      recover(proof.state === 'refused' ? proof.error : undefined);
    }
  };

  /** A request that was refused or lost: what its error asks for, and not before a while. */
  const recover = (error: ProtocolError | undefined) => {
    const remedy = remedyForRequest(error);
    if (remedy.remedy === 'stop') return stopFor(remedy.reason, error?.message ?? '', error?.part);
    const againMs = turns.failed(error);
    if (remedy.remedy === 'rejoin') session.reopen();
    if (remedy.remedy === 'prove') prover.told(false);
    // Off line there is nothing to wait for but the next snapshot, which pumps.
    if (connection.status().state === 'online') turns.wakeAt(againMs);
  };

  const landed = ({ part }: Ticket, outcome: PutOutcome) => {
    pacing.flying(flights.size);
    if (outcome.state === 'stored') {
      hasStored = true;
      hand.stored(part);
      // Room for one is room for more.
      if (foundNoRoom) hand.allRecovered();
      foundNoRoom = false;
      pacing.stored();
      load.returned.delete(part);
      unreported.add(part);
      turns.gather();
    } else if (outcome.state !== 'aborted' && !isStopped()) {
      foundNoRoom = isStoreFull(outcome);
      const failures = hand.failed(part);
      const remedy = remedyForPut(outcome, failures);
      if (remedy.remedy === 'stop') {
        const detail =
          outcome.state === 'unreadable' ? outcome.reason : 'The store compared it with its hash.';
        return stopFor(remedy.reason, detail, part);
      }
      hand.rest(part, clock.nowMs() + waitMs(remedy.backoff, failures, random()));
      if (remedy.ticket === 'returned') load.returned.add(part);
      // This one has just left.
      if (remedy.pace === 'slower') pacing.slowDown(flights.size + 1);
      if (outcome.state === 'failed') pacing.failed();
    } else if (!isStopped() && budget.room(partLength(geometry, part)) < 1) {
      // Called back: the person allows less than was on its way.
      load.returned.add(part);
    }
    pump();
  };

  const pump = () => {
    if (isStopped()) return;
    const board = session.board();
    if (board && isOver(board.state)) {
      setState({ state: 'over' });
      return putDown();
    }
    if (board && restOf(board)) return rest(board);
    hashAhead(board);
    if (!board) return;
    if (!prover.isProven()) {
      if (state.state === 'paused' || state.state === 'used-up') setState({ state: 'proving' });
      // Before the owner has published anything there is nothing to prove; the first stripe says so.
      const isTooEarly = board.replica.knownParts() === 0 && !mayPublish();
      if (turns.mayTry() && !isTooEarly) void startProving(board);
      return;
    }
    letGo(load, board, connection.serverNowMs());
    note();
    thinkAgain(board);
    takeOff();
    sayNext(board);
    showState();
  };

  /** [C14] The one part that was begun before anything was stored. */
  const thinkAgain = (board: OpenBoard) => {
    if (!isFirstPart()) return;
    const [part] = flights.parts();
    if (part === undefined || load.returned.has(part)) return;
    const serverNowMs = connection.serverNowMs();
    const outlook = outlookOf(board, session, conducts.of, new Set([part]), serverNowMs);
    if (!isBeyondMeans(board, pacing.workOn(load, board), outlook)) return;
    load.returned.add(part);
    flights.abort(part);
  };

  const isFirstPart = () => !hasStored && flights.size === 1 && hand.size === 0;

  /** Why nothing is to leave this device now, if so. */
  const restOf = (board: OpenBoard): CarrierState | undefined => {
    if (isPaused(board.state)) return { state: 'paused', by: 'owner' };
    if (isHeld) return { state: 'paused', by: 'person' };
    if (flights.size === 0 && budget.room(nextBytes(board)) < 1) return { state: 'used-up' };
    return undefined;
  };

  /** What is done is still told, and what is in hand given back. */
  const rest = (board: OpenBoard) => {
    putAside(load, heldOnBoard(board, connection.serverNowMs()));
    letGo(load, board, connection.serverNowMs());
    note();
    turns.stop();
    cancelLeave();
    const report = reportOf(load);
    if (isSomething(report)) say(board, report, 0);
    setState(restOf(board) ?? state);
  };

  /** The size of the next part, whichever it will be: only the last one of all is another. */
  const nextBytes = ({ replica }: OpenBoard) => {
    const { parts, partBytes } = geometry;
    const isLastLeft = replica.doneParts() >= parts - 1 && !replica.isDone(parts);
    return isLastLeft ? partLength(geometry, parts) : partBytes;
  };

  const showState = () => {
    const isBusy = isSyncing || flights.size + hand.size + hashing.underWay() > 0;
    if (isServerFull || (foundNoRoom && hand.worstFailures() > 0)) setState({ state: 'store-full' });
    else if (hand.worstFailures() >= FAILURES_SHOWN) setState({ state: 'retrying' });
    else setState({ state: isBusy ? 'carrying' : 'nothing-free' });
  };

  const conducts = makeConducts(
    clock,
    () => (session.board()?.replica.freeParts(connection.serverNowMs()) ?? 0) > 0,
  );
  const watch = (stripes: Iterable<number>) => {
    const replica = session.board()?.replica;
    if (replica) for (const s of stripes) conducts.saw(replica.stripe(s));
  };
  const watchAll = () => watch(Array(geometry.stripes).keys());

  const refill = makeRefill();

  const hashAhead = (board: OpenBoard | undefined) => {
    if (!mayPublish() || (board && !prover.isProven())) return;
    if (!board) return hashing.start([1, 2].filter((part) => part <= geometry.parts));
    const waiting = board.replica.freeParts(connection.serverNowMs()) + unpublished.size + hashing.underWay();
    const helpers = session.helpers();
    const missing = refill(hashAheadTarget(pacing.rateBps(), helpers), waiting);
    if (missing <= 0 || hashing.room() === 0) return;
    const isHashed = (part: number) => hashing.hashOf(part) !== undefined;
    const next = Math.min(missing, hashing.room()) + hashing.underWay();
    hashing.start(unknownParts(board.replica, next, isHashed, stripesForHashing(helpers)));
  };

  const takeOff = () => {
    cancelLeave();
    while (pacing.hasPlace(flights)) {
      const waitMs = budget.nextAtMs() - clock.nowMs();
      if (waitMs > 0) {
        cancelLeave = clock.after(waitMs, pump);
        break;
      }
      const ticket = hand.take(clock.nowMs());
      if (!ticket) break;
      if (budget.room(partLength(geometry, ticket.part)) < 1) {
        load.returned.add(ticket.part);
        continue;
      }
      if (!unreported.has(ticket.part)) flights.start(ticket);
      pacing.flying(flights.size);
    }
    pacing.tookOff(flights.size);
  };

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
    const outlook = (inHand: ReadonlySet<number>) =>
      outlookOf(board, session, conducts.of, inHand, times.serverNowMs);
    const proposal = proposalOf(load, board, own, outlook, times);
    const room = budget.room(nextBytes(board)) - hand.size;
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
      rateBps: Math.round(rateBps),
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
      if (isServerFull && !isStopped() && !restOf(board)) showState();
      if (!isStopped()) recover(reply.state === 'refused' ? reply.error : undefined);
      return;
    }
    isServerFull = false;
    for (const part of message.release) load.returned.delete(part);
    for (const part of message.renew) load.unheard.delete(part);
    const tickets = reply.message.put?.tickets ?? [];
    turns.succeeded(message.want.length + message.hedge.length, tickets.length);
    if (!isStopped() && !restOf(board)) takeTickets(reply.message);
    session.takeStripes(reply.message.stripes);
    session.takeState(reply.message.state);
    // Granted to a device that had stopped meanwhile, or stops because of what was granted.
    if (isStopped()) {
      const parts = tickets.map(({ part }) => part);
      return giveBack(connection, session, parts, unreported);
    }
    const hasNothing = hand.size + flights.size + unreported.size === 0;
    if (hasNothing && isUsedUp(geometry, message, reply.message)) return stopFor('refused', USED_UP);
    pump();
  };

  const takeTickets = (granted: Granted) => {
    for (const ticket of ticketsOf(granted, clock.nowMs(), options.resolve)) {
      const { part, sha256 } = ticket;
      if (flights.has(part) || unreported.has(part)) continue;
      const own = hashing.hashOf(part);
      if (own !== undefined && own !== sha256) {
        return stopFor('file-changed', 'Its bytes are not those that this upload began with.', part);
      }
      load.returned.delete(part);
      hand.add(ticket);
    }
  };

  const stopListening = [
    budget.onChange(() => pump()),
    session.on((event) => {
      if (event.kind === 'changed') watch(event.stripes);
      if (event.kind === 'opened') {
        watchAll();
        prover.told(event.proven);
        turns.hurry();
      }
      if (event.kind !== 'members') pump();
    }),
  ];
  watchAll();
  pump();

  return {
    state: () => state,
    rateBps: () => (isStopped() || flights.size === 0 ? 0 : (pacing.rateBps() ?? 0)),
    sentBytes() {
      // What the board shows as done counts there, until our own account of it is cleared as well.
      const replica = session.board()?.replica;
      const isOurs = (part: number) => !replica?.isDone(part);
      const landed = [...unreported].filter(isOurs);
      return landed.reduce((sum, part) => sum + partLength(geometry, part), flights.sentBytes(isOurs));
    },
    onChange: changes.on,
    pause(isPaused) {
      isHeld = isPaused;
      turns.hurry();
      pump();
    },
    stop() {
      for (const stop of stopListening) stop();
      if (!isStopped()) putDown();
      state = { state: 'over' };
      file.close();
    },
  };
}

const isAboutFile = (reason: StopReason) => reason === 'file-changed' || reason === 'different-file';

function isSameState(a: CarrierState, b: CarrierState): boolean {
  return a.state === b.state && (a.state !== 'paused' || b.state !== 'paused' || a.by === b.by);
}
