import type { TicketView } from '../../protocol/board/replica.ts';
import { compressRanges } from './ranges.ts';

/** What the grid shows, in a form that a script or a person who cannot see it can read. */
export interface GridFacts {
  done: number;
  leased: number;
  doneRanges: string;
  leasedRanges: string;
  /** Those that two devices carry. */
  hedgedRanges: string;
  /** Parts done by device number. */
  doneBy: Record<string, number>;
}

/** `tickets[0]` is part 1. Pure. */
export function factsOf(tickets: readonly TicketView[]): GridFacts {
  const done: number[] = [];
  const leased: number[] = [];
  const hedged: number[] = [];
  const doneBy: Record<string, number> = {};
  tickets.forEach((ticket, index) => {
    if (ticket.state === 'leased') {
      leased.push(index + 1);
      if (ticket.devices.length > 1) hedged.push(index + 1);
    }
    if (ticket.state !== 'done') return;
    done.push(index + 1);
    doneBy[ticket.device] = (doneBy[ticket.device] ?? 0) + 1;
  });
  return {
    done: done.length,
    leased: leased.length,
    doneRanges: compressRanges(done),
    leasedRanges: compressRanges(leased),
    hedgedRanges: compressRanges(hedged),
    doneBy,
  };
}
