import { type Geometry, partRange } from '../../protocol/board/geometry.ts';
import type { TicketView } from '../../protocol/board/replica.ts';
import { numbers, words } from '../words/words.ts';

/** All that is known of one part, in words. */
export interface PartFacts {
  title: string;
  bytes: string;
  state: string;
}

export function partFacts(
  geometry: Geometry,
  part: number,
  ticket: TicketView,
  tookMs: number | undefined,
  nameOf: (device: number) => string,
): PartFacts {
  const { startByte, endByte } = partRange(geometry, part);
  return {
    title: words.part(part),
    bytes: words.partBytes(numbers.bytes(endByte - startByte), numbers.bytes(startByte)),
    state: stateOf(ticket, tookMs, nameOf),
  };
}

function stateOf(ticket: TicketView, tookMs: number | undefined, nameOf: (device: number) => string): string {
  if (ticket.state === 'leased') {
    const underWay = words.underWayOn(ticket.devices.map(nameOf));
    return ticket.devices.length > 1 ? `${underWay} (${words.legend.hedged})` : underWay;
  }
  if (ticket.state !== 'done') return ticket.state === 'free' ? words.legend.free : words.legend.unknown;
  const device = nameOf(ticket.device);
  return tookMs === undefined ? words.uploadedBy(device) : words.uploadedIn(device, numbers.elapsed(tookMs));
}
