import { countFree, handSize, nextExpiryMs } from '../../protocol/board/choose.ts';
import { geometryOf, isPartOf, partLength } from '../../protocol/board/geometry.ts';
import { leaseMsFor } from '../../protocol/board/lease.ts';
import { flightsAllowed } from '../../protocol/board/plan.ts';
import { isPaused } from '../../protocol/messages/common.ts';
import type { ProtocolError } from '../../protocol/messages/error.ts';
import type { Granted } from '../../protocol/messages/sync.ts';
import { type BoardSession, isOver, type OpenBoard } from './board-session.ts';
import { type Budget, unlimited, withBudget } from './budget.ts';
import type { Connection, Request } from './connection.ts';
import { makeEmitter } from './emitter.ts';
import { makeFlights, type Ticket } from './flights.ts';
import { giveBack } from './give-back.ts';
import { makeHand } from './hand.ts';
import { hashAheadTarget, makeRefill, stripesForHashing, unknownParts } from './hash-ahead.ts';
import { makeHashing } from './hashing.ts';
import { heldOnBoard, type Load, letGo, partsInHand, publishedParts, putAside } from './load.ts';
import { type Memory, NO_MEMORY } from './memory.ts';
import { outlookOf } from './outlook.ts';
import { makePlaces } from './places.ts';
import type { Clock, FilePort, PutOutcome } from './ports.ts';
import { dueForRenewal, isSomething, type OwnWork, type Proposal, proposalOf, reportOf } from './proposal.ts';
import { prove, verify } from './proving.ts';
import { remedyForPut, remedyForRequest, type StopReason, waitMs } from './retry.ts';
import { makeSpeed } from './speed.ts';
import { onePerStripe, syncMessage } from './sync-message.ts';
import { gatherMs, isHurried, isRunningOut, type Tempo } from './sync-window.ts';
import { makeThrottle } from './throttle.ts';
import { makeTurns } from './turns.ts';

/** What this device is doing with its file. */
export type CarrierState =
  | { state: 'proving' }
  | { state: 'carrying' }
  /** Puts keep failing; they are tried again. */
  | { state: 'retrying' }
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

/** Above this (bytes a second) a part is through before its successor could profit from an early start. */
const FAST_LINE_BPS = 16 * 1_048_576;
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
    connections = Number.POSITIVE_INFINITY,
    budget = unlimited(options.clock),
  } = options;
  const geometry = geometryOf(file.sizeBytes);
  const changes = makeEmitter<void>();
  const speed = makeSpeed(clock);
  let state: CarrierState = { state: 'proving' };
  let isProven = false;
  let isProving = false;
  /** What is being asked for right now. */
  let asking: readonly number[] = [];
  let isSyncing = false;
  let noted = '';
  let isVerified = false;
  let isHeld = options.isPaused ?? false;
  let cancelLeave = () => {};

  const load: Load = {
    hand: makeHand(),
    flights: makeFlights({
      file: withBudget(file, budget),
      geometry,
      sent: (bytes) => {
        speed.sent(bytes);
        places.sent(bytes, clock.nowMs());
        changes.emit();
        // A first measure allows more at once, a long part is near its end, or the line is about to be idle.
        if ((!isSyncing && isLacking()) || (hand.size > 0 && hasPlace())) pump();
      },
      landed: (ticket, outcome) => landed(ticket, outcome),
    }),
    unreported: new Set(),
    unpublished: new Map(),
    returned: new Set(),
    unheard: new Set(),
  };
  const { hand, flights, unreported, unpublished } = load;
  const throttle = makeThrottle(clock);
  const places = makePlaces({ first: options.atOnce, most: options.atMost ?? options.atOnce });
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
    // Only the owner's file is the upload's: a helper's that has other bytes is another file.
    const reason = why === 'file-changed' && !mayPublish() ? 'different-file' : why;
    setState({ state: 'stopped', reason, detail, ...(part === undefined ? {} : { part }) });
    putDown();
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

  /** What was stored before a crash and not reported is reported first, and so not carried again. */
  const recall = async () => {
    const landed = await memory.landed();
    for (const part of landed) if (isPartOf(geometry, part)) unreported.add(part);
  };

  const note = () => {
    const parts = [...unreported];
    if (parts.join() === noted) return;
    noted = parts.join();
    memory.noteLanded(parts);
  };

  const isWrittenTo = () => {
    const begunMs = memory.begunModifiedAtMs();
    return begunMs !== undefined && file.modifiedAtMs !== begunMs;
  };

  const startProving = async () => {
    const board = session.board();
    if (!board || isProven || isProving || isStopped() || isHeld) return;
    isProving = true;
    await recall();
    const hashOf = (part: number) => hashing.get(part);
    let proof = await prove(connection, board.info.upload, file.sizeBytes, hashOf);
    if (proof.state === 'proven' && !isVerified && mayPublish() && isWrittenTo()) {
      proof = await verify(connection, board.info.upload, publishedParts(board), hashOf);
    }
    isVerified ||= proof.state === 'proven';
    isProving = false;
    if (isStopped()) return;
    if (proof.state === 'proven') {
      isProven = true;
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
    if (remedy.remedy === 'prove') isProven = false;
    // Off line there is nothing to wait for but the next snapshot, which pumps.
    if (connection.status().state === 'online') turns.wakeAt(againMs);
  };

  const landed = ({ part }: Ticket, outcome: PutOutcome) => {
    speed.flying(flights.size);
    if (outcome.state === 'stored') {
      hand.stored(part);
      throttle.stored();
      load.returned.delete(part);
      unreported.add(part);
      turns.gather();
      speed.landed();
    } else if (outcome.state !== 'aborted' && !isStopped()) {
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
      if (remedy.pace === 'slower') throttle.slowDown(flights.size + 1);
      if (outcome.state === 'failed') places.failed(clock.nowMs());
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
    if (!isProven) {
      if (state.state === 'paused' || state.state === 'used-up') setState({ state: 'proving' });
      // Before the owner has published anything there is nothing to prove; the first stripe says so.
      const isTooEarly = board.replica.knownParts() === 0 && !mayPublish();
      if (turns.mayTry() && !isTooEarly) void startProving();
      return;
    }
    letGo(load, board, connection.serverNowMs());
    note();
    takeOff();
    sayNext(board);
    showState();
  };

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
    if (hand.worstFailures() >= FAILURES_SHOWN) setState({ state: 'retrying' });
    else setState({ state: isBusy ? 'carrying' : 'nothing-free' });
  };

  const helpersOn = ({ members, info }: OpenBoard) => {
    let helpers = 0;
    for (const { number, online, role } of members.values()) {
      if (online && role !== 'watcher' && number !== info.device) helpers++;
    }
    return helpers;
  };

  const refill = makeRefill();

  const hashAhead = (board: OpenBoard | undefined) => {
    if (!mayPublish() || (board && !isProven)) return;
    if (!board) return hashing.start([1, 2].filter((part) => part <= geometry.parts));
    const waiting =
      countFree(board.replica, connection.serverNowMs()) + unpublished.size + hashing.underWay();
    const helpers = helpersOn(board);
    const missing = refill(hashAheadTarget(speed.rateBps(), helpers), waiting);
    if (missing <= 0 || !hashing.hasRoom()) return;
    const isHashed = (part: number) => hashing.hashOf(part) !== undefined;
    const next = missing + hashing.underWay();
    hashing.start(unknownParts(board.replica, next, isHashed, stripesForHashing(helpers)));
  };

  const atOnce = () => {
    const allowed = Math.min(places.limit(), throttle.limit(), budget.atOnce(geometry.partBytes));
    return flightsAllowed(geometry.partBytes, speed.rateBps(), allowed);
  };

  /**
   * On a line that takes its time for a part, one whose bytes have left makes room for the next: the line is not to wait
   * for the store's answer. A fast line has more than one on its way to bridge that.
   */
  const hasPlace = () => {
    const places = atOnce();
    const isFast = (speed.rateBps() ?? 0) > FAST_LINE_BPS;
    return (
      (isFast ? flights.size : flights.sending) < places && flights.size < Math.min(2 * places, connections)
    );
  };

  const takeOff = () => {
    cancelLeave();
    while (hasPlace()) {
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
      speed.flying(flights.size);
    }
    if (flights.size < places.limit()) places.unfit();
  };

  const backlogBytes = () => {
    let bytes = -flights.sentBytes(() => true);
    for (const part of flights.parts()) bytes += partLength(geometry, part);
    for (const part of hand.parts()) bytes += partLength(geometry, part);
    return bytes;
  };

  const workOn = (board: OpenBoard): OwnWork => {
    const rateBps = speed.rateBps();
    return {
      atOnce: atOnce(),
      rateBps,
      backlogBytes: backlogBytes(),
      leaseMs: leaseMsFor(geometry.partBytes, atOnce(), rateBps),
      gatherMs: gatherMs(tempo(board)),
      carriers: helpersOn(board) + 1,
    };
  };

  const isLacking = () => {
    const own = { rateBps: speed.rateBps(), backlogBytes: backlogBytes() };
    return flights.size + hand.size < handSize(geometry, atOnce(), own);
  };

  const tempo = ({ replica, info, members }: OpenBoard): Tempo => {
    const ownBps = speed.rateBps() ?? 0;
    let boardBps = ownBps;
    for (const { number } of members.values()) {
      if (number !== info.device) boardBps += session.rateOf(number) ?? 0;
    }
    return {
      ownPartsPerS: ownBps / geometry.partBytes,
      boardPartsPerS: boardBps / geometry.partBytes,
      freeParts: countFree(replica, connection.serverNowMs()),
    };
  };

  const sayNext = (board: OpenBoard) => {
    if (isSyncing || connection.status().state !== 'online') return;
    const times = { nowMs: clock.nowMs(), serverNowMs: connection.serverNowMs() };
    const own = workOn(board);
    const outlook = (inHand: ReadonlySet<number>) => outlookOf(board, session, inHand, times.serverNowMs);
    const proposal = proposalOf(load, board, own, outlook, times);
    const room = budget.room(nextBytes(board)) - hand.size;
    if (room < proposal.want.length) proposal.want.length = Math.max(0, room);
    if (room < 1) proposal.hedge = [];
    if (!isSomething(proposal)) return sleepUntilSomething(board);
    const ownPartsPerS = (own.rateBps ?? 0) / geometry.partBytes;
    const cannotWait =
      proposal.hedge.length > 0 ||
      (proposal.want.length > 0 && isRunningOut(hand.size, own.atOnce - flights.size, ownPartsPerS)) ||
      // With nothing on the way there is nothing to gather either: the last report of all is the one that everybody waits for.
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
    const renewalMs = dueForRenewal(board, partsInHand(load, nowMs), workOn(board).leaseMs, serverMs).nextMs;
    const expiryMs = nextExpiryMs(board.replica, board.info.device, serverMs) ?? Number.POSITIVE_INFINITY;
    const inMs = Math.min(renewalMs, expiryMs) - serverMs;
    // With a place free and parts in other hands, what is expected of those may prove wrong at any time.
    const isWatching = flights.size < atOnce() && Number.isFinite(expiryMs);
    const lookMs = isWatching ? LOOK_AGAIN_MS : Number.POSITIVE_INFINITY;
    turns.wakeAt(nowMs + Math.min(inMs + 1, hand.nextUntilMs(nowMs) - nowMs + 1, lookMs));
  };

  const sync = async (board: OpenBoard, proposal: Proposal) => {
    turns.begin();
    isSyncing = true;
    const { rateBps = 0, leaseMs, backlogBytes: left, carriers } = workOn(board);
    const { replica } = board;
    const isAllKnown = replica.knownParts() === geometry.parts;
    const hurry = isHurried(tempo(board), { doneParts: replica.doneParts(), carriers, isAllKnown });
    const said = {
      leaseMs,
      rateBps: Math.round(rateBps),
      backlogBytes: Math.round(left),
      hurry,
      again: load.unheard.size > 0,
    };
    const message = syncMessage(board.info.upload, proposal, said);
    asking = [...message.want, ...message.hedge];
    const reply = await connection.request(message);
    asking = [];
    isSyncing = false;
    if (reply.state !== 'answered' || reply.message.type !== 'granted') {
      for (const part of onePerStripe(message)) load.unheard.add(part);
      if (!isStopped()) recover(reply.state === 'refused' ? reply.error : undefined);
      return;
    }
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
    if (isUsedUp(message, reply.message)) return stopFor('refused', USED_UP);
    pump();
  };

  /** The link has a limit, and what is left of it is not enough for any of the tickets that were asked for. */
  const isUsedUp = ({ want, hedge }: Request & { type: 'sync' }, { leftBytes, put }: Granted): boolean => {
    if (leftBytes === undefined || put || hand.size + flights.size + unreported.size > 0) return false;
    const asked = [...want, ...hedge].map((part) => partLength(geometry, part));
    return asked.length > 0 && Math.min(...asked) > leftBytes;
  };

  const takeTickets = ({ put, serverNowMs }: Granted) => {
    if (!put) return;
    const expiresAtMs = clock.nowMs() + put.expiresAtMs - serverNowMs;
    for (const { part, sha256, signature } of put.tickets) {
      if (flights.has(part) || unreported.has(part)) continue;
      const own = hashing.hashOf(part);
      if (own !== undefined && own !== sha256) {
        return stopFor('file-changed', 'Its bytes are not those that this upload began with.', part);
      }
      const url = options.resolve(
        put.template.replace('{part}', String(part)).replace('{signature}', signature),
      );
      load.returned.delete(part);
      hand.add({ part, sha256, url, expiresAtMs });
    }
  };

  const stopListening = [
    budget.onChange(() => pump()),
    session.on((event) => {
      if (event.kind === 'opened') {
        isProven = event.proven;
        turns.hurry();
      }
      if (event.kind !== 'members') pump();
    }),
  ];
  pump();

  return {
    state: () => state,
    rateBps: () => (isStopped() || flights.size === 0 ? 0 : (speed.rateBps() ?? 0)),
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

function isSameState(a: CarrierState, b: CarrierState): boolean {
  return a.state === b.state && (a.state !== 'paused' || b.state !== 'paused' || a.by === b.by);
}
