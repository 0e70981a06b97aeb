import { STRIPE_PARTS } from '../../protocol/board/geometry.ts';
import { type TicketView, viewTicket } from '../../protocol/board/replica.ts';
import type { OpenBoard } from '../engine/board-session.ts';

/** What this page knows of each ticket, with the times at which it saw it change. */
export interface Tickets {
  readonly parts: number;
  /** Part 1 is the first. */
  all(): readonly TicketView[];
  of(part: number): TicketView | undefined;
  /** How long a part was under way, where this page saw it begin and end. */
  tookMs(part: number): number | undefined;
  /** When this page saw the part done, by the clock of `nowMs`; undefined when it was done before. */
  doneAtMs(part: number): number | undefined;
  /** Looks at stripes again. Answers the parts that are no longer as they were. */
  refresh(stripes: Iterable<number>, nowMs: number): number[];
  /** Stripes with a leased ticket: a lease runs out without any event. */
  leasedStripes(): Set<number>;
}

const NEVER = -1;

/** Before its first look everything is as if never seen; what is done by then was done at no known time. */
export function makeTickets({ replica }: OpenBoard, serverNowMs: () => number): Tickets {
  const { parts } = replica.geometry;
  const tickets: TicketView[] = Array.from({ length: parts }, () => ({ state: 'unknown' }));
  const leasedAtMs = new Float64Array(parts).fill(NEVER);
  const doneAtMs = new Float64Array(parts).fill(NEVER);
  const took = new Float64Array(parts).fill(NEVER);
  const isSeen = new Uint8Array(replica.geometry.stripes);
  const known = (times: Float64Array, part: number) => {
    const ms = times[part - 1] ?? NEVER;
    return ms === NEVER ? undefined : ms;
  };
  return {
    parts,
    all: () => tickets,
    of: (part) => tickets[part - 1],
    tookMs: (part) => known(took, part),
    doneAtMs: (part) => known(doneAtMs, part),
    refresh(stripes, nowMs) {
      const changed: number[] = [];
      const serverMs = serverNowMs();
      for (const s of stripes) {
        const stripe = replica.stripe(s);
        const last = Math.min(parts, (s + 1) * STRIPE_PARTS);
        for (let part = s * STRIPE_PARTS + 1; part <= last; part++) {
          const index = part - 1;
          const before = tickets[index];
          // Done is for ever, and most of a long upload.
          if (before?.state === 'done') continue;
          const ticket = viewTicket(stripe, part, serverMs);
          if (before && isSame(before, ticket)) continue;
          tickets[index] = ticket;
          changed.push(part);
          if (ticket.state === 'leased' && before?.state !== 'leased') leasedAtMs[index] = nowMs;
          if (ticket.state !== 'done') continue;
          if (isSeen[s]) doneAtMs[index] = nowMs;
          const sinceMs = leasedAtMs[index] ?? NEVER;
          if (isSeen[s] && sinceMs !== NEVER) took[index] = nowMs - sinceMs;
        }
        isSeen[s] = 1;
      }
      return changed;
    },
    leasedStripes() {
      const stripes = new Set<number>();
      tickets.forEach(({ state }, index) => {
        if (state === 'leased') stripes.add(Math.floor(index / STRIPE_PARTS));
      });
      return stripes;
    },
  };
}

function isSame(a: TicketView, b: TicketView): boolean {
  if (a.state !== b.state) return false;
  if (a.state !== 'leased' || b.state !== 'leased') return true;
  return a.devices.length === b.devices.length && a.devices.every((device, i) => device === b.devices[i]);
}
