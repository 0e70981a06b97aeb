import { type Geometry, partLength } from '../../protocol/board/geometry.ts';
import { waitMs } from './backoff.ts';
import type { OpenBoard } from './board-session.ts';
import type { Budget } from './budget.ts';
import type { Ticket } from './flights.ts';
import type { Load } from './load.ts';
import type { Lookout } from './lookout.ts';
import type { Pacing } from './pacing.ts';
import type { Clock, PutOutcome } from './ports.ts';
import { isBeyondMeans } from './proposal.ts';
import { isStoreFull, remedyForPut, type StopReason } from './retry.ts';
import type { Turns } from './turns.ts';

/** Sends what is in hand, and sees to what has become of it. */
export interface Puts {
  /** As many leave as there are places for, and as the person allows. */
  takeOff(): void;
  /** Nothing leaves at a time that was set before. */
  holdOn(): void;
  /** A put has come to its end, whichever. */
  landed(ticket: Ticket, outcome: PutOutcome): void;
  /** Whether all there is to carry is one part that was begun before anything was measured. */
  isFirstPart(): boolean;
  /** [C14] That part goes back, if the others would be done with it, and with all else, sooner. */
  thinkAgain(board: OpenBoard): void;
  /** Whether the store had no room, and parts wait for some. */
  isStoreFull(): boolean;
}

export interface PutsOptions {
  load: Load;
  clock: Clock;
  random: () => number;
  serverNowMs: () => number;
  geometry: Geometry;
  budget: Budget;
  pacing: Pacing;
  turns: Pick<Turns, 'gather'>;
  lookout: Lookout;
  /** Something has changed: to see what can be done now. */
  pump(): void;
  isStopped(): boolean;
  stopFor(reason: StopReason, detail: string, part: number): void;
}

export function makePuts(options: PutsOptions): Puts {
  const { load, clock, random, serverNowMs, geometry, budget, pacing, turns, lookout } = options;
  const { pump, isStopped, stopFor } = options;
  const { hand, flights, unreported } = load;
  let foundNoRoom = false;
  /** The part that was begun before anything was measured. */
  let first: number | undefined;
  let cancelLeave = () => {};

  const isFirstPart = () =>
    first !== undefined && flights.has(first) && flights.size === 1 && hand.size === 0;

  return {
    takeOff() {
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
        // [C14] What is taken by a speed that is known is kept, or it would be taken again, by [C6] or [C12], at once.
        first = pacing.rateBps() === undefined ? ticket.part : undefined;
        if (!unreported.has(ticket.part)) flights.start(ticket);
        pacing.flying(flights.size);
      }
      pacing.tookOff(flights.size);
    },
    holdOn: () => cancelLeave(),
    landed({ part }, outcome) {
      pacing.flying(flights.size);
      if (outcome.state === 'stored') {
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
    },
    isFirstPart,
    thinkAgain(board) {
      if (first === undefined || !isFirstPart() || load.returned.has(first)) return;
      const outlook = lookout.outlook(board, new Set([first]), serverNowMs());
      if (!isBeyondMeans(board, pacing.workOn(load, board), outlook)) return;
      load.returned.add(first);
      flights.abort(first);
    },
    isStoreFull: () => foundNoRoom && hand.worstFailures() > 0,
  };
}
