import { geometryOf, partLength } from '../../protocol/board/geometry.ts';
import { isPaused } from '../../protocol/messages/common.ts';
import type { ProtocolError } from '../../protocol/messages/error.ts';
import type { Granted } from '../../protocol/messages/sync.ts';
import { type BoardSession, isOver, type OpenBoard } from './board-session.ts';
import { type Budget, unlimited, withBudget } from './budget.ts';
import { type CarrierState, isAboutFile, isSameState } from './carrier-state.ts';
import type { Connection } from './connection.ts';
import { makeEmitter } from './emitter.ts';
import { makeFlights } from './flights.ts';
import { giveBack } from './give-back.ts';
import { isUsedUp, ticketsOf } from './granted.ts';
import { makeHand } from './hand.ts';
import { makeHashAhead } from './hash-ahead.ts';
import { makeHashing } from './hashing.ts';
import { heldOnBoard, type Load, letGo, putAside } from './load.ts';
import { makeLookout } from './lookout.ts';
import { type Memory, NO_MEMORY } from './memory.ts';
import { makePacing } from './pacing.ts';
import type { Clock, FilePort } from './ports.ts';
import { makeProver } from './prover.ts';
import { makePuts } from './puts.ts';
import { remedyForRequest, type StopReason } from './retry.ts';
import type { SyncRequest } from './sync-message.ts';
import { makeSyncing } from './syncing.ts';
import { makeTurns } from './turns.ts';

export interface Carrier {
  state(): CarrierState;
  /** Bytes a second over the last seconds, no more than is allowed; 0 while nothing that is sent gets through. */
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
  let noted = '';
  let isHeld = options.isPaused ?? false;

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
          puts.isFirstPart() ||
          (!syncing.isUnderWay() && pacing.isLacking(load)) ||
          (hand.size > 0 && pacing.hasPlace(flights))
        )
          pump();
      },
      landed: (ticket, outcome) => puts.landed(ticket, outcome),
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
  const lookout = makeLookout(session, clock, connection.serverNowMs);

  const hashing = makeHashing({
    file,
    geometry,
    hashed(part, sha256) {
      if (mayPublish() && !session.board()?.replica.isKnown(part)) unpublished.set(part, sha256);
      pump();
    },
    unreadable: (reason) => stopFor('file-unreadable', reason),
  });

  const hashAhead = makeHashAhead({
    hashing,
    unpublished,
    geometry,
    session,
    rateBps: pacing.rateBps,
    serverNowMs: connection.serverNowMs,
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
    puts.holdOn();
    const board = session.board();
    // The board knows of one more than the hand and the flights: the part whose failure ends the work.
    const onBoard = board ? heldOnBoard(board, connection.serverNowMs()) : [];
    // … and what was asked for just now will be granted before it hears that it is given back.
    const parts = [...hand.parts(), ...flights.parts(), ...onBoard, ...syncing.asking()];
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

  const puts = makePuts({
    load,
    clock,
    random,
    serverNowMs: connection.serverNowMs,
    geometry,
    budget,
    pacing,
    turns,
    lookout,
    pump: () => pump(),
    isStopped,
    stopFor,
  });

  const syncing = makeSyncing({
    load,
    clock,
    connection,
    geometry,
    pacing,
    turns,
    lookout,
    room: (board) => room(board),
    isInVain: () => isInVain(),
    granted: (board, message, granted) => takeGranted(board, message, granted),
    failed(board, error) {
      if (isStopped()) return;
      if (syncing.isServerFull() && !restOf(board)) showState();
      recover(error);
    },
  });

  const pump = () => {
    if (isStopped()) return;
    const board = session.board();
    if (board && isOver(board.state)) {
      setState({ state: 'over' });
      return putDown();
    }
    if (board && restOf(board)) return rest(board);
    if (mayPublish() && (!board || prover.isProven())) hashAhead(board);
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
    puts.thinkAgain(board);
    puts.takeOff();
    syncing.sayNext(board);
    showState();
  };

  /** Why nothing is to leave this device now, if so. */
  const restOf = (board: OpenBoard): CarrierState | undefined => {
    if (isPaused(board.state)) return { state: 'paused', by: 'owner' };
    if (isHeld) return { state: 'paused', by: 'person' };
    if (flights.size === 0 && room(board) < 1) return { state: 'used-up' };
    return undefined;
  };

  /** What is done is still told, and what is in hand given back. */
  const rest = (board: OpenBoard) => {
    putAside(load, heldOnBoard(board, connection.serverNowMs()));
    letGo(load, board, connection.serverNowMs());
    note();
    turns.stop();
    puts.holdOn();
    syncing.sayLast(board);
    setState(restOf(board) ?? state);
  };

  /** For how many more parts there is room: of the next one's size, whichever it will be; only the last of all is another. */
  const room = ({ replica }: OpenBoard) => {
    const { parts, partBytes } = geometry;
    const isLastLeft = replica.doneParts() >= parts - 1 && !replica.isDone(parts);
    return budget.room(isLastLeft ? partLength(geometry, parts) : partBytes);
  };

  const showState = () => {
    const isBusy = syncing.isUnderWay() || flights.size + hand.size + hashing.underWay() > 0;
    if (syncing.isServerFull() || puts.isStoreFull()) setState({ state: 'store-full' });
    else if (hand.worstFailures() >= FAILURES_SHOWN) setState({ state: 'retrying' });
    else setState(isBusy || hasMore() ? atWork() : { state: 'nothing-free' });
  };

  const atWork = (): CarrierState => {
    const { rateBps } = budget.limits();
    return rateBps !== undefined && budget.holdsBack()
      ? { state: 'limited', rateBps }
      : { state: 'carrying' };
  };

  /** With nothing on its way: parts that failed are tried again here, and off line nobody knows what the others have. */
  const hasMore = () =>
    hand.resting(clock.nowMs()).length > 0 ||
    (connection.status().state !== 'online' && state.state !== 'nothing-free');

  /** What is sent now is sent again and again: however fast that is, the upload does not move by it. */
  const isInVain = () =>
    state.state === 'store-full' || (state.state === 'retrying' && hand.streak() > flights.size);

  const takeGranted = (board: OpenBoard, message: SyncRequest, granted: Granted) => {
    if (!isStopped() && !restOf(board)) takeTickets(granted);
    session.takeStripes(granted.stripes);
    session.takeState(granted.state);
    // Granted to a device that had stopped meanwhile, or stops because of what was granted.
    if (isStopped()) {
      const parts = granted.put?.tickets.map(({ part }) => part) ?? [];
      return giveBack(connection, session, parts, unreported);
    }
    const hasNothing = hand.size + flights.size + unreported.size === 0;
    if (hasNothing && isUsedUp(geometry, message, granted)) return stopFor('refused', USED_UP);
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
    lookout.stop,
    budget.onChange(() => pump()),
    session.on((event) => {
      if (event.kind === 'opened') {
        prover.told(event.proven);
        turns.hurry();
      }
      if (event.kind !== 'members') pump();
    }),
  ];
  pump();

  return {
    state: () => state,
    rateBps() {
      // A part that failed may rest for long, while others get through at the speed that is allowed.
      const isHeldBack = state.state === 'limited' || (state.state === 'retrying' && budget.holdsBack());
      const isMoving = (flights.size > 0 || isHeldBack) && !isInVain();
      return isMoving && !isStopped() ? (pacing.rateBps() ?? 0) : 0;
    },
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
