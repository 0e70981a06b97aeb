import { type Geometry, partLength } from '../../protocol/board/geometry.ts';
import { leaseMsFor } from '../../protocol/board/lease.ts';
import { flightsAllowed } from '../../protocol/board/plan.ts';
import type { BoardSession, OpenBoard } from './board-session.ts';
import type { Budget } from './budget.ts';
import type { Flights } from './flights.ts';
import type { Load } from './load.ts';
import { makePlaces, type PlacesRange } from './places.ts';
import type { Clock } from './ports.ts';
import { handOn, type OwnWork } from './proposal.ts';
import { makeSpeed } from './speed.ts';
import { CROWD, gatherMs, type Tempo } from './sync-window.ts';
import { makeThrottle } from './throttle.ts';

/** How fast this device goes, and how much it takes on for that. */
export interface Pacing {
  /** Bytes a second while something was on its way, and no more than is allowed; undefined: nothing measured. */
  rateBps(): number | undefined;
  /** Requests in flight at once, as things are. */
  atOnce(): number;
  /** Whether one more may leave. */
  hasPlace(flights: Flights): boolean;
  /** Whether there is less in hand and on its way than keeps every place busy. */
  isLacking(load: Load): boolean;
  workOn(load: Load, board: OpenBoard): OwnWork;
  tempoOn(board: OpenBoard): Tempo;
  /** Bytes have left. */
  sent(bytes: number): void;
  /** So many parts are on their way from now on. */
  flying(flights: number): void;
  /** As many as there was something for have left. */
  tookOff(flights: number): void;
  /** A part is stored. */
  stored(): void;
  /** A request got no answer. */
  failed(): void;
  /** The store asked for less while so many were in flight. */
  slowDown(inFlight: number): void;
}

export interface PacingOptions {
  clock: Clock;
  serverNowMs: () => number;
  geometry: Geometry;
  budget: Budget;
  session: Pick<BoardSession, 'board' | 'helpers' | 'othersBps'>;
  places: PlacesRange;
  /** Requests that there are connections for. */
  connections: number;
}

/** Above this (bytes a second) a part is through before its successor could profit from an early start. */
const FAST_LINE_BPS = 16 * 1_048_576;

export function makePacing(options: PacingOptions): Pacing {
  const { clock, serverNowMs, geometry, budget, session, connections } = options;
  const speed = makeSpeed(clock);
  const throttle = makeThrottle(clock);
  const places = makePlaces(options.places);

  const carriers = () => session.helpers() + 1;
  /** A line that may not be used faster is a slower line, here and for all the others. */
  const rateBps = () => {
    const measuredBps = speed.rateBps();
    return measuredBps && Math.min(measuredBps, budget.rateBps() ?? measuredBps);
  };

  const atOnce = () => {
    const allowed = Math.min(places.limit(), throttle.limit(), budget.atOnce(geometry.partBytes));
    return flightsAllowed(geometry.partBytes, rateBps(), allowed, restS());
  };

  /** How long all devices together need for what is not done yet. Of a crowd each begins little anyway. */
  const restS = () => {
    if (carriers() >= CROWD) return Number.POSITIVE_INFINITY;
    const leftBytes = geometry.sizeBytes - (session.board()?.replica.doneBytes() ?? 0);
    return leftBytes / ((rateBps() ?? 0) + session.othersBps());
  };

  const backlogBytes = ({ hand, flights }: Load) => {
    let bytes = -flights.sentBytes(() => true);
    for (const part of flights.parts()) bytes += partLength(geometry, part);
    for (const part of hand.parts()) bytes += partLength(geometry, part);
    return bytes;
  };

  const tempoOn = ({ replica }: OpenBoard): Tempo => {
    const ownBps = rateBps() ?? 0;
    return {
      ownPartsPerS: ownBps / geometry.partBytes,
      boardPartsPerS: (ownBps + session.othersBps()) / geometry.partBytes,
      freeParts: replica.freeParts(serverNowMs()),
      unknownParts: geometry.parts - replica.knownParts(),
      doneParts: replica.doneParts(),
      carriers: carriers(),
    };
  };

  const workOn = (load: Load, board: OpenBoard): OwnWork => {
    const ownBps = rateBps();
    return {
      atOnce: atOnce(),
      rateBps: ownBps,
      backlogBytes: backlogBytes(load),
      leaseMs: leaseMsFor(geometry.partBytes, atOnce(), ownBps),
      gatherMs: gatherMs(tempoOn(board)),
      carriers: carriers(),
    };
  };

  return {
    rateBps,
    atOnce,
    /**
     * On a line that takes its time for a part, one whose bytes have left makes room for the next: the line is not to
     * wait for the store's answer. A fast line has more than one on its way to bridge that.
     */
    hasPlace(flights) {
      const most = atOnce();
      const isFast = (speed.rateBps() ?? 0) > FAST_LINE_BPS;
      const busy = isFast ? flights.size : flights.sending;
      return busy < most && flights.size < Math.min(2 * most, connections);
    },
    isLacking(load) {
      const board = session.board();
      if (!board) return false;
      // Not for what is gathered: that is asked for when there is something to say.
      const own = { ...workOn(load, board), gatherMs: 0 };
      return load.flights.size + load.hand.size < handOn(board, own, 0, serverNowMs());
    },
    workOn,
    tempoOn,
    sent(bytes) {
      speed.sent(bytes);
      places.sent(bytes, clock.nowMs());
    },
    flying: speed.flying,
    tookOff(flights) {
      if (flights < places.limit()) places.unfit();
    },
    stored() {
      throttle.stored();
      speed.landed();
    },
    failed: () => places.failed(clock.nowMs()),
    slowDown: throttle.slowDown,
  };
}
