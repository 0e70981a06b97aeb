import { bitOf, NO_BITS, stripeOf } from '../../protocol/board/bits.ts';
import { shortLastBytes } from '../../protocol/board/geometry.ts';
import type { EndOf } from '../../protocol/board/hedge.ts';
import { FLIGHT_S, type Pace, type Unassigned } from '../../protocol/board/plan.ts';
import type { Replica } from '../../protocol/board/replica.ts';
import { leasedBits } from '../../protocol/board/stripe.ts';
import type { BoardSession, OpenBoard } from './board-session.ts';
import type { Conducts } from './conduct.ts';

/** What the others are expected to do. */
export interface Outlook {
  /** Those that carry, with what they have still to send. */
  others: Pace[];
  endOf: EndOf;
  /** Tickets that nobody else holds and that are not in hand, known or not. */
  unassigned: Unassigned;
  /** For so long this device has held nothing, though there were free tickets. */
  waitedMs: number;
}

/** A device that is so late is not believed any more, whatever it said of its speed. */
const LATE_MS = 3_000;
const LATE_SHARE = 0.5;
/** Nor one that has work at hand and leaves it there for so long; this is asking for it, and hearing of it, twice. */
const WAITED_MS = 5_000;
/** A first part takes as long as those that fly with it. */
const FLIGHT_MS = 1_000 * FLIGHT_S;
/** Nobody is believed to be faster than so many times what it has done, as if so many parts more were done already. */
const BELIEVED_TIMES = 3;
const BELIEVED_PARTS = 4;
/** A device that has just come has measured nothing; after so long it has, or stands still. */
const NEW_MS = 3_000;

/** Pure, but for what the session has heard. */
export function outlookOf(
  board: OpenBoard,
  { heardOf }: Pick<BoardSession, 'heardOf'>,
  conductOf: Conducts['of'],
  inHand: ReadonlySet<number>,
  serverNowMs: number,
): Outlook {
  const { replica, info, members } = board;
  const { partBytes } = replica.geometry;
  const holdings = replica.holdings(serverNowMs);
  let held = inHand.size;
  for (const [device, count] of holdings) if (device !== info.device) held += count;

  /**
   * What a device is expected to do [C10], as far as what it does bears out what it says [C11]. Undefined: it said nothing
   * to go by, leaves tickets where they are, or should have been done with some, or with all, long ago.
   */
  const paceOf = (device: number): Pace | undefined => {
    const heard = heardOf(device);
    if (!heard || heard.rateBps <= 0) return undefined;
    const { waitedMs, owesMs, parts, heldMs } = conductOf(device);
    const firstMs = FLIGHT_MS + (partBytes * 1_000) / heard.rateBps;
    if (waitedMs > WAITED_MS || isLate(owesMs, firstMs)) return undefined;
    const shownBytes = BELIEVED_TIMES * (parts + BELIEVED_PARTS) * partBytes;
    const rateBps = Math.min(heard.rateBps, (shownBytes * 1_000) / heldMs);
    const leftBytes = heard.backlogBytes ?? (holdings.get(device) ?? 0) * partBytes;
    if (isLate(heard.sinceMs, (leftBytes * 1_000) / rateBps)) return undefined;
    return { rateBps, backlogBytes: Math.max(0, leftBytes - (rateBps * heard.sinceMs) / 1_000) };
  };

  const others: Pace[] = [];
  for (const { number, online, role } of members.values()) {
    if (!online || role === 'watcher' || number === info.device) continue;
    const pace = paceOf(number);
    if (pace) others.push(pace);
  }

  return {
    others,
    unassigned: unassignedOf(replica, inHand, held, serverNowMs),
    waitedMs: conductOf(info.device).waitedMs,
    endOf(device, leftMs) {
      const pace = paceOf(device);
      if (pace) return (pace.backlogBytes * 1_000) / pace.rateBps;
      const { sinceMs = Number.POSITIVE_INFINITY } = heardOf(device) ?? {};
      const { owesMs } = conductOf(device);
      // Nobody can tell, if it has just begun.
      if (Math.max(sinceMs, owesMs) < NEW_MS) return undefined;
      // When its lease has run out, its tickets are free. But one that speaks renews it; and who has delivered nothing for
      // so long, will not for as long again.
      return sinceMs < owesMs / 2 ? Math.max(leftMs, owesMs) : leftMs;
    },
  };
}

/** `held`: tickets in all hands. */
function unassignedOf(
  replica: Replica,
  inHand: ReadonlySet<number>,
  held: number,
  serverNowMs: number,
): Unassigned {
  const { geometry } = replica;
  const all = Math.max(0, geometry.parts - replica.doneParts() - held);
  const last = geometry.parts;
  const isLeased = (leasedBits(replica.stripe(stripeOf(last)), serverNowMs) & bitOf(last)) !== NO_BITS;
  const isTaken = isLeased || replica.isDone(last) || inHand.has(last);
  const lastBytes = isTaken ? undefined : shortLastBytes(geometry);
  return { parts: lastBytes === undefined ? all : Math.max(0, all - 1), lastBytes };
}

function isLate(sinceMs: number, tookMs: number): boolean {
  return sinceMs > tookMs * (1 + LATE_SHARE) + LATE_MS;
}
