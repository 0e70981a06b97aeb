import { allBits, bitOf, countBits, stripeOf } from './bits.ts';
import { isFull } from './decide.ts';
import type { Geometry } from './geometry.ts';
import { emptyStripe, OTHERS, type Stripe } from './stripe.ts';

/** A device's copy of the board. */
export interface Replica {
  readonly geometry: Geometry;
  /** [R1] Takes the stripe if it is newer than the one at hand; says whether it did. */
  merge(stripe: Stripe): boolean;
  stripe(s: number): Stripe;
  isDone(part: number): boolean;
  isKnown(part: number): boolean;
  doneParts(): number;
  doneBytes(): number;
  knownParts(): number;
  /** [F1] */
  isFull(): boolean;
  /** Parts done by device number; see [D5] for number 0. */
  doneByDevice(): Map<number, number>;
}

export function makeReplica(geometry: Geometry): Replica {
  // [R2]
  const stripes: Stripe[] = Array.from({ length: geometry.stripes }, (_, s) => emptyStripe(s));
  let doneParts = 0;
  let knownParts = 0;

  const stripeAt = (s: number): Stripe => stripes[s] ?? emptyStripe(s);
  const isDone = (part: number) => (stripeAt(stripeOf(part)).done & bitOf(part)) !== 0n;

  return {
    geometry,
    merge(next) {
      const current = stripes[next.s];
      if (!current || next.rev <= current.rev) return false;
      stripes[next.s] = next;
      doneParts += countBits(next.done) - countBits(current.done);
      knownParts += countBits(next.known) - countBits(current.known);
      return true;
    },
    stripe: stripeAt,
    isDone,
    isKnown: (part) => (stripeAt(stripeOf(part)).known & bitOf(part)) !== 0n,
    doneParts: () => doneParts,
    doneBytes() {
      // Only the last part may have another length than the others.
      const lastBytes = geometry.sizeBytes - (geometry.parts - 1) * geometry.partBytes;
      const lastDone = isDone(geometry.parts);
      return (doneParts - (lastDone ? 1 : 0)) * geometry.partBytes + (lastDone ? lastBytes : 0);
    },
    knownParts: () => knownParts,
    isFull: () => stripes.every((stripe) => isFull(stripe, allBits(geometry, stripe.s))),
    doneByDevice() {
      const counts = new Map<number, number>();
      for (const { credits } of stripes) {
        for (const { device, parts } of credits) {
          counts.set(device, (counts.get(device) ?? 0) + countBits(parts));
        }
      }
      return counts;
    },
  };
}

/** Who a part on the board belongs to, for the eye. */
export type TicketView =
  | { state: 'unknown' }
  | { state: 'free' }
  | { state: 'leased'; devices: number[] }
  | { state: 'done'; device: number };

export function viewTicket(stripe: Stripe, part: number, nowMs: number): TicketView {
  const bit = bitOf(part);
  if (stripe.done & bit) {
    return { state: 'done', device: stripe.credits.find((entry) => entry.parts & bit)?.device ?? OTHERS };
  }
  const devices = stripe.leases
    .filter((lease) => lease.parts & bit && lease.untilMs > nowMs)
    .map((lease) => lease.device);
  if (devices.length > 0) return { state: 'leased', devices };
  return stripe.known & bit ? { state: 'free' } : { state: 'unknown' };
}
