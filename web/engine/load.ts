import { bitOf, NO_BITS, partsOf, stripeOf } from '../../protocol/board/bits.ts';
import { heldBits, leasedBits } from '../../protocol/board/stripe.ts';
import type { OpenBoard } from './board-session.ts';
import type { Flights } from './flights.ts';
import type { Hand } from './hand.ts';

/** What a device has on its hands. */
export interface Load {
  hand: Hand;
  flights: Flights;
  /** Parts that are stored, which the board does not show yet. */
  unreported: Set<number>;
  /** Hashes that the board does not know yet. */
  unpublished: Map<number, string>;
  /** Parts that failed here and may be another's meanwhile; the board does not know yet. */
  returned: Set<number>;
  /** [R4] A part of each stripe of which something was said that was not answered: the others may not know. */
  unheard: Set<number>;
}

/** Parts that are not to be asked for: at hand, on the way, stored, or resting after a failure. */
export function partsInHand({ hand, flights, unreported }: Load, nowMs: number): Set<number> {
  return new Set([...hand.parts(), ...flights.parts(), ...unreported, ...hand.resting(nowMs)]);
}

/** What the board says is done or in other hands is let go; the loser of a hedge stops sending. */
export function letGo(load: Load, { replica, info }: OpenBoard, serverNowMs: number): void {
  const { hand, flights, unreported, unpublished, returned } = load;
  for (const part of [...flights.parts()]) if (replica.isDone(part)) flights.abort(part);
  for (const part of hand.failing()) if (replica.isDone(part)) hand.recovered(part);
  for (const part of unreported) if (replica.isDone(part)) unreported.delete(part);
  for (const part of returned) if (replica.isDone(part)) returned.delete(part);
  for (const part of [...unpublished.keys()]) if (replica.isKnown(part)) unpublished.delete(part);
  for (const part of [...hand.parts()]) {
    const stripe = replica.stripe(stripeOf(part));
    const isTheirs = (leasedBits(stripe, serverNowMs, info.device) & bitOf(part)) !== NO_BITS;
    const isOurs = (heldBits(stripe, info.device, serverNowMs) & bitOf(part)) !== NO_BITS;
    if (replica.isDone(part) || (isTheirs && !isOurs)) hand.remove(part);
  }
}

/** Parts whose hashes are published. */
export function publishedParts({ replica }: Pick<OpenBoard, 'replica'>): number[] {
  return Array.from({ length: replica.geometry.stripes }, (_, s) =>
    partsOf(s, replica.stripe(s).known),
  ).flat();
}

/** Nothing is carried any more for now: all that is in hand, on its way or held goes back, so that nobody waits for it. */
export function putAside(load: Load, held: readonly number[]): void {
  const { hand, flights, unreported, returned } = load;
  for (const part of [...hand.parts(), ...flights.parts(), ...held]) {
    if (!unreported.has(part)) returned.add(part);
    hand.remove(part);
  }
  flights.stop();
}

/** Parts that this device holds by the board's word. */
export function heldOnBoard({ replica, info }: OpenBoard, serverNowMs: number): number[] {
  return Array.from({ length: replica.geometry.stripes }, (_, s) =>
    partsOf(s, heldBits(replica.stripe(s), info.device, serverNowMs)),
  ).flat();
}
