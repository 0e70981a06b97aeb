import { bitOf, NO_BITS, partsOf, stripeOf } from '../../protocol/board/bits.ts';
import { choose, chooseHedge, countFree, handSize, nextExpiryMs } from '../../protocol/board/choose.ts';
import { geometryOf, partLength } from '../../protocol/board/geometry.ts';
import { leaseMsFor } from '../../protocol/board/lease.ts';
import { makeRateMeter } from '../../protocol/board/rate.ts';
import { heldBits, leasedBits } from '../../protocol/board/stripe.ts';
import type { ProtocolError } from '../../protocol/messages/error.ts';
import type { Granted } from '../../protocol/messages/sync.ts';
import { type BoardSession, isOver, type OpenBoard } from './board-session.ts';
import type { Connection } from './connection.ts';
import { makeEmitter } from './emitter.ts';
import { makeFlights, type Ticket } from './flights.ts';
import { makeHand } from './hand.ts';
import { hashAheadTarget, unknownParts } from './hash-ahead.ts';
import { makeHashing } from './hashing.ts';
import type { Clock, FilePort, PutOutcome } from './ports.ts';
import { prove } from './proving.ts';
import { remedyForPut, remedyForSync, type StopReason, SYNC_AGAIN, waitMs } from './retry.ts';
import { syncMessage, type ToSay } from './sync-message.ts';

/** What this device is doing with its file. */
export type CarrierState =
  | { state: 'proving' }
  | { state: 'carrying' }
  /** Puts keep failing; they are tried again. */
  | { state: 'retrying' }
  /** Every ticket is done or in the hands of others. */
  | { state: 'nothing-free' }
  | { state: 'over' }
  | { state: 'stopped'; reason: StopReason; detail: string; part?: number };

export interface Carrier {
  state(): CarrierState;
  /** Bytes a second over the last seconds. */
  rateBps(): number;
  /** Bytes of unfinished parts that have left, and parts that the board does not show as done yet. */
  sentBytes(): number;
  onChange(listener: () => void): () => void;
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
  /** Requests in flight at once. */
  atOnce: number;
  /** Whether this device creates the upload: then it may hash before the board is there. */
  isCreator: boolean;
}

/** Reports are gathered for this long, so that a part costs little and the grid stays live. */
const WINDOW_MS = 250;
/** A device that was refused nothing but time: parts failing this often in a row are shown as a reason. */
const FAILURES_SHOWN = 2;

/** Carries parts of one file: hashes, claims, puts, reports. Event-driven: everything ends in `pump`. */
export function makeCarrier(options: CarrierOptions): Carrier {
  const { connection, session, clock, random, file } = options;
  const geometry = geometryOf(file.sizeBytes);
  const changes = makeEmitter<void>();
  const meter = makeRateMeter();
  const hand = makeHand();
  const unpublished = new Map<number, string>();
  const unreported = new Set<number>();
  let state: CarrierState = { state: 'proving' };
  let isProven = false;
  let isProving = false;
  let isSyncing = false;
  let failures = 0;
  let barren = 0;
  let lastSyncMs = Number.NEGATIVE_INFINITY;
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  let steadyRateBps: number | undefined;
  let cancelTimer = () => {};

  const flights = makeFlights({
    file,
    geometry,
    sent: (bytes) => {
      meter.add(bytes, clock.nowMs());
      changes.emit();
    },
    landed: (ticket, outcome) => landed(ticket, outcome),
  });

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
    if (next.state === state.state) return;
    state = next;
    changes.emit();
  };

  const stopFor = (reason: StopReason, detail: string, part?: number) => {
    if (isStopped()) return;
    setState({ state: 'stopped', reason, detail, ...(part === undefined ? {} : { part }) });
    putDown();
  };

  /** Ends all work and gives the tickets back, so that nobody waits for their leases. */
  const putDown = () => {
    cancelTimer();
    // The board knows of one more than the hand and the flights: the part whose failure ends the work.
    giveBack([...hand.parts(), ...flights.parts(), ...heldOnBoard()]);
    flights.stop();
    hashing.stop();
  };

  const heldOnBoard = (): number[] => {
    const board = session.board();
    if (!board) return [];
    const nowMs = connection.serverNowMs();
    return Array.from({ length: geometry.stripes }, (_, s) =>
      partsOf(s, heldBits(board.replica.stripe(s), board.info.device, nowMs)),
    ).flat();
  };

  /** All at once, in as many messages as it takes: the page may be about to close. */
  const giveBack = (parts: Iterable<number>) => {
    const board = session.board();
    if (!board || isOver(board.state)) return;
    const done = new Set(unreported);
    const release = new Set(parts);
    while (done.size + release.size > 0) {
      const rest: ToSay = { done, hashes: [], release, want: [], hedge: [], renew: [] };
      const message = syncMessage(board.info.upload, rest, 0, 0);
      for (const part of message.done) done.delete(part);
      for (const part of message.release) release.delete(part);
      void connection.request(message).then((reply) => {
        if (reply.state === 'answered' && reply.message.type === 'granted') {
          session.takeStripes(reply.message.stripes);
        }
      });
    }
  };

  const startProving = async () => {
    const board = session.board();
    if (!board || isProven || isProving || isStopped()) return;
    isProving = true;
    const proof = await prove(connection, board.info.upload, file.sizeBytes, (part) => hashing.get(part));
    isProving = false;
    if (isStopped()) return;
    if (proof.state === 'proven') {
      isProven = true;
      failures = 0;
      pump();
    } else if (proof.state === 'unreadable') {
      stopFor('file-unreadable', proof.reason);
    } else {
      recover(proof.state === 'refused' ? proof.error : undefined);
    }
  };

  /** A request that was refused or lost: what its error asks for, and not before a while. */
  const recover = (error: ProtocolError | undefined) => {
    const remedy = error ? remedyForSync(error) : ({ remedy: 'again' } as const);
    if (error && remedy.remedy === 'stop') return stopFor(remedy.reason, error.message, error.part);
    failures += 1;
    notBeforeMs = clock.nowMs() + (error?.minBackoffMs ?? 0) + waitMs(SYNC_AGAIN, failures, random());
    if (remedy.remedy === 'rejoin') session.reopen();
    if (remedy.remedy === 'prove') isProven = false;
    // Off line there is nothing to wait for but the next snapshot, which pumps.
    if (connection.status().state === 'online') wakeAt(notBeforeMs);
  };

  const wakeAt = (atMs: number) => {
    cancelTimer();
    cancelTimer = clock.after(Math.max(0, atMs - clock.nowMs()), pump);
  };

  const landed = ({ part }: Ticket, outcome: PutOutcome) => {
    if (outcome.state === 'stored') {
      hand.recovered(part);
      unreported.add(part);
      steadyRateBps = meter.rateBps(clock.nowMs());
    } else if (outcome.state !== 'aborted' && !isStopped()) {
      const remedy = remedyForPut(outcome);
      if (remedy.remedy === 'stop') {
        const detail =
          outcome.state === 'unreadable' ? outcome.reason : 'The store compared it with its hash.';
        return stopFor(remedy.reason, detail, part);
      }
      hand.rest(part, clock.nowMs(), random());
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
    hashAhead(board);
    if (!board) return;
    if (!isProven) {
      if (clock.nowMs() >= notBeforeMs) void startProving();
      return;
    }
    letGo(board);
    takeOff();
    sayNext(board);
    showState();
  };

  const showState = () => {
    const isBusy = isSyncing || flights.size + hand.size + hashing.underWay() > 0;
    if (hand.worstFailures() >= FAILURES_SHOWN) setState({ state: 'retrying' });
    else setState({ state: isBusy ? 'carrying' : 'nothing-free' });
  };

  const hasHelpers = (board: OpenBoard | undefined) =>
    [...(board?.members.values() ?? [])].some(
      ({ number, online, role }) => online && role !== 'watcher' && number !== board?.info.device,
    );

  const hashAhead = (board: OpenBoard | undefined) => {
    if (!mayPublish() || (board && !isProven)) return;
    if (!board) return hashing.start([1, 2].filter((part) => part <= geometry.parts));
    const waiting =
      countFree(board.replica, connection.serverNowMs()) + unpublished.size + hashing.underWay();
    const missing = hashAheadTarget(steadyRateBps, hasHelpers(board)) - waiting;
    if (missing <= 0) return;
    const isHashed = (part: number) => hashing.hashOf(part) !== undefined;
    hashing.start(unknownParts(board.replica, missing + hashing.underWay(), isHashed));
  };

  /** What the board says is done or in other hands is let go; the loser of a hedge stops sending. */
  const letGo = ({ replica, info }: OpenBoard) => {
    const nowMs = connection.serverNowMs();
    for (const part of [...flights.parts()]) if (replica.isDone(part)) flights.abort(part);
    for (const part of hand.failing()) if (replica.isDone(part)) hand.recovered(part);
    for (const part of unreported) if (replica.isDone(part)) unreported.delete(part);
    for (const part of [...unpublished.keys()]) if (replica.isKnown(part)) unpublished.delete(part);
    for (const part of [...hand.parts()]) {
      const stripe = replica.stripe(stripeOf(part));
      const isTheirs = (leasedBits(stripe, nowMs, info.device) & bitOf(part)) !== NO_BITS;
      const isOurs = (heldBits(stripe, info.device, nowMs) & bitOf(part)) !== NO_BITS;
      if (replica.isDone(part) || (isTheirs && !isOurs)) hand.remove(part);
    }
  };

  const takeOff = () => {
    while (flights.size < options.atOnce) {
      const ticket = hand.take(clock.nowMs());
      if (!ticket) return;
      if (!unreported.has(ticket.part)) flights.start(ticket);
    }
  };

  const sayNext = (board: OpenBoard) => {
    if (isSyncing || connection.status().state !== 'online') return;
    const nowMs = clock.nowMs();
    const toSay = whatToSay(board);
    const isSomething = [toSay.done, toSay.hashes, toSay.release, toSay.want, toSay.hedge, toSay.renew].some(
      (list) => list.length > 0,
    );
    if (!isSomething) return sleepUntilSomething(board);
    // A sync takes as long as some parts on a fast line: whoever waits until the hand is empty flies with empty places.
    const isRunningOut = toSay.want.length > 0 && hand.size < options.atOnce / 2;
    const dueMs = Math.max(notBeforeMs, isRunningOut ? nowMs : lastSyncMs + WINDOW_MS);
    if (dueMs > nowMs) return wakeAt(dueMs);
    void sync(board, toSay);
  };

  const leaseMs = () => leaseMsFor(geometry.partBytes, options.atOnce, steadyRateBps);

  const inHand = () =>
    new Set([...hand.parts(), ...flights.parts(), ...unreported, ...hand.resting(clock.nowMs())]);

  const whatToSay = ({ replica, info }: OpenBoard) => {
    const nowMs = connection.serverNowMs();
    const held = inHand();
    const chooser = {
      device: info.device,
      inHand: held,
      aboutToBeKnown: new Set(unpublished.keys()),
    };
    const inWork = held.size - unreported.size;
    const lacking = handSize(geometry, options.atOnce, meter.rateBps(clock.nowMs())) - inWork;
    const want = choose(replica, chooser, lacking, nowMs);
    const hedge: number[] = [];
    if (want.length === 0 && hand.size === 0 && flights.size < options.atOnce) {
      const ownPartMs = (geometry.partBytes * (flights.size + 1) * 1_000) / Math.max(1, steadyRateBps ?? 0);
      const part = chooseHedge(replica, chooser, ownPartMs, session.rateOf, nowMs);
      if (part !== undefined) hedge.push(part);
    }
    return {
      done: [...unreported],
      hashes: [...unpublished].map(([part, sha256]) => ({ part, sha256 })),
      release: [],
      want,
      hedge,
      renew: dueForRenewal(info.device, held, replica, nowMs).parts,
    };
  };

  /** One part of each stripe whose lease has half passed; and when the next one will have. */
  const dueForRenewal = (
    device: number,
    held: ReadonlySet<number>,
    replica: OpenBoard['replica'],
    nowMs: number,
  ): { parts: number[]; nextMs: number } => {
    const parts = new Map<number, number>();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const part of held) {
      const s = stripeOf(part);
      const own = replica.stripe(s).leases.find((lease) => lease.device === device);
      if (parts.has(s) || !own || (own.parts & bitOf(part)) === NO_BITS) continue;
      const dueMs = own.untilMs - leaseMs() / 2;
      if (dueMs <= nowMs) parts.set(s, part);
      else nextMs = Math.min(nextMs, dueMs);
    }
    return { parts: [...parts.values()], nextMs };
  };

  /** Nothing to say: the next lease to renew, to run out, or a part that has rested, wakes us. */
  const sleepUntilSomething = ({ replica, info }: OpenBoard) => {
    const serverMs = connection.serverNowMs();
    const renewalMs = dueForRenewal(info.device, inHand(), replica, serverMs).nextMs;
    const expiryMs = nextExpiryMs(replica, info.device, serverMs) ?? Number.POSITIVE_INFINITY;
    const inMs = Math.min(renewalMs, expiryMs) - serverMs;
    const restMs = hand.nextUntilMs(clock.nowMs()) - clock.nowMs();
    const wakeInMs = Math.min(inMs, restMs);
    cancelTimer();
    if (Number.isFinite(wakeInMs)) wakeAt(clock.nowMs() + wakeInMs + 1);
  };

  const sync = async (board: OpenBoard, toSay: ReturnType<typeof whatToSay>) => {
    cancelTimer();
    isSyncing = true;
    lastSyncMs = clock.nowMs();
    const rateBps = flights.size > 0 || unreported.size > 0 ? Math.round(meter.rateBps(lastSyncMs) ?? 0) : 0;
    const message = syncMessage(board.info.upload, toSay, leaseMs(), rateBps);
    const reply = await connection.request(message);
    isSyncing = false;
    if (reply.state !== 'answered' || reply.message.type !== 'granted') {
      if (!isStopped()) recover(reply.state === 'refused' ? reply.error : undefined);
      return;
    }
    failures = 0;
    const tickets = reply.message.put?.tickets ?? [];
    restIfBarren(message.want.length + message.hedge.length, tickets.length);
    if (!isStopped()) takeTickets(reply.message);
    session.takeStripes(reply.message.stripes);
    session.takeState(reply.message.state);
    // Granted to a device that had stopped meanwhile, or stops because of what was granted.
    if (isStopped()) return giveBack(tickets.map(({ part }) => part));
    pump();
  };

  /** Others were faster, or the stripe has all the holders it can have: not again at once. */
  const restIfBarren = (asked: number, got: number) => {
    barren = asked > 0 && got === 0 ? barren + 1 : 0;
    if (barren > 0) notBeforeMs = clock.nowMs() + waitMs(SYNC_AGAIN, barren, random());
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
      hand.add({ part, sha256, url, expiresAtMs });
    }
  };

  const stopListening = [
    session.on((event) => {
      if (event.kind === 'opened') {
        isProven = event.proven;
        notBeforeMs = Number.NEGATIVE_INFINITY;
      }
      if (event.kind !== 'members') pump();
    }),
  ];
  pump();

  return {
    state: () => state,
    rateBps: () => (isStopped() ? 0 : (meter.rateBps(clock.nowMs()) ?? 0)),
    sentBytes() {
      // What the board shows as done counts there, until our own account of it is cleared as well.
      const replica = session.board()?.replica;
      const isOurs = (part: number) => !replica?.isDone(part);
      const landed = [...unreported].filter(isOurs);
      return landed.reduce((sum, part) => sum + partLength(geometry, part), flights.sentBytes(isOurs));
    },
    onChange: changes.on,
    stop() {
      for (const stop of stopListening) stop();
      if (!isStopped()) putDown();
      state = { state: 'over' };
      file.close();
    },
  };
}
