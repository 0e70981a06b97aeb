import type { Ticket } from './flights.ts';

/** An address is not used in its last seconds: the request has to reach the store before it expires. */
const EXPIRY_MARGIN_MS = 20_000;
/** Requests in flight together fail together: so many count as one failure of the line. */
const ROUND = 4;

/** Tickets granted and not yet in flight, and parts that rest after a failure. */
export interface Hand {
  readonly size: number;
  add(ticket: Ticket): void;
  /** The next one to carry; it leaves the hand. */
  take(nowMs: number): Ticket | undefined;
  remove(part: number): void;
  parts(): Iterable<number>;
  /** Counts a failure. Answers how many there were in a row: of this part, or of whatever was tried on this line. */
  failed(part: number): number;
  /** After a failure: not claimed again before then. */
  rest(part: number, untilMs: number): void;
  /** This device has carried the part: its line is good again. */
  stored(part: number): void;
  /** What made the parts fail is over for all of them: none rests any longer. */
  allRecovered(): void;
  /** The part is through, whoever carried it. */
  recovered(part: number): void;
  /** Parts that failed and have not recovered. */
  failing(): number[];
  resting(nowMs: number): number[];
  /** When the first of those that rest may be claimed again; infinite when none rests. */
  nextUntilMs(nowMs: number): number;
  /** Failures of the part that failed most often in a row. */
  worstFailures(): number;
  /** Failures since the last part was stored, whichever parts they were of. */
  streak(): number;
}

export function makeHand(): Hand {
  const tickets = new Map<number, Ticket>();
  const failures = new Map<number, { count: number; untilMs: number }>();
  let streak = 0;
  return {
    get size() {
      return tickets.size;
    },
    add(ticket) {
      // Granted anew, it is the last to run out: it queues up again, so that the hand is in the order of expiry.
      tickets.delete(ticket.part);
      tickets.set(ticket.part, ticket);
    },
    take(nowMs) {
      for (const [part, ticket] of tickets) {
        if (ticket.expiresAtMs - EXPIRY_MARGIN_MS <= nowMs) tickets.delete(part);
      }
      const next = tickets.values().next().value;
      if (next) tickets.delete(next.part);
      return next;
    },
    remove: (part) => tickets.delete(part),
    parts: () => tickets.keys(),
    failed(part) {
      const count = (failures.get(part)?.count ?? 0) + 1;
      failures.set(part, { count, untilMs: Number.NEGATIVE_INFINITY });
      streak += 1;
      return Math.max(count, Math.ceil(streak / ROUND));
    },
    rest(part, untilMs) {
      failures.set(part, { count: failures.get(part)?.count ?? 1, untilMs });
    },
    stored(part) {
      streak = 0;
      failures.delete(part);
    },
    allRecovered() {
      failures.clear();
    },
    recovered: (part) => failures.delete(part),
    failing: () => [...failures.keys()],
    resting: (nowMs) => [...failures].filter(([, { untilMs }]) => untilMs > nowMs).map(([part]) => part),
    nextUntilMs: (nowMs) =>
      Math.min(
        Number.POSITIVE_INFINITY,
        ...[...failures.values()].map(({ untilMs }) => untilMs).filter((ms) => ms > nowMs),
      ),
    worstFailures: () => Math.max(0, ...[...failures.values()].map(({ count }) => count)),
    streak: () => streak,
  };
}
