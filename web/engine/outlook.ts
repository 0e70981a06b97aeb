import type { EndOf } from '../../protocol/board/hedge.ts';
import type { Pace } from '../../protocol/board/plan.ts';
import type { BoardSession, OpenBoard } from './board-session.ts';
import type { Heard } from './hearsay.ts';

/** What the others are expected to do. */
export interface Outlook {
  /** Those that carry, with what they have still to send. */
  others: Pace[];
  endOf: EndOf;
  /** Tickets that nobody else holds and that are not in hand, known or not. */
  unassigned: number;
}

/** A device that is so late is not believed any more, whatever it said of its speed. */
const LATE_MS = 3_000;
const LATE_SHARE = 0.5;
/** Nor is one that was silent for so long: even on a slow line it renews its leases. */
const SILENT_MS = 45_000;
/** A device that has just come has measured nothing; after so long it has, or stands still. */
const NEW_MS = 3_000;

/** Pure, but for what the session has heard. */
export function outlookOf(
  board: OpenBoard,
  session: Pick<BoardSession, 'heardOf'>,
  inHand: ReadonlySet<number>,
  serverNowMs: number,
): Outlook {
  const { replica, info, members } = board;
  const holdings = replica.holdings(serverNowMs);
  let held = inHand.size;
  for (const [device, count] of holdings) if (device !== info.device) held += count;
  const leftOf = (device: number, heard: Heard) =>
    heard.backlogBytes ?? (holdings.get(device) ?? 0) * replica.geometry.partBytes;

  const others: Pace[] = [];
  for (const { number, online, role } of members.values()) {
    const heard = session.heardOf(number);
    if (!heard || !online || role === 'watcher' || number === info.device) continue;
    const ms = expectedMs(heard, leftOf(number, heard));
    if (ms !== undefined && heard.sinceMs < SILENT_MS) {
      others.push({ rateBps: heard.rateBps, backlogBytes: (Math.max(0, ms) * heard.rateBps) / 1_000 });
    }
  }

  return {
    others,
    unassigned: Math.max(0, replica.geometry.parts - replica.doneParts() - held),
    endOf(device, leftMs) {
      const heard = session.heardOf(device);
      const ms = heard && expectedMs(heard, leftOf(device, heard));
      if (ms !== undefined) return Math.max(0, ms);
      // Nobody can tell; but when its lease has run out, its tickets are free.
      return heard && heard.sinceMs < NEW_MS ? undefined : leftMs;
    },
  };
}

/** Until a device has sent what it holds; undefined when it said nothing to go by, or should have been long done. */
function expectedMs({ rateBps, sinceMs }: Heard, backlogBytes: number): number | undefined {
  if (rateBps <= 0) return undefined;
  const tookMs = (backlogBytes * 1_000) / rateBps;
  return sinceMs > tookMs * (1 + LATE_SHARE) + LATE_MS ? undefined : tookMs - sinceMs;
}
