import { allBits, bitOf, countBits, stripeOf } from './bits.ts';
import { isFull } from './decide.ts';
import type { Geometry } from './geometry.ts';
import { isStillSo, type Standing, standingOf } from './standing.ts';
import { emptyStripe, isLive, OTHERS, type Stripe } from './stripe.ts';

/** A device's copy of the board. */
export interface Replica {
  readonly geometry: Geometry;
  /** [R1] Takes the stripe if it is newer than the one at hand; says whether it did. */
  merge(stripe: Stripe): boolean;
  /** Whether merging the stripe would change anything. */
  isNews(stripe: Pick<Stripe, 's' | 'rev'>): boolean;
  stripe(s: number): Stripe;
  standing(s: number, nowMs: number): Standing;
  /** How many tickets of the board anybody may claim now. */
  freeParts(nowMs: number): number;
  /** How many tickets each device holds. */
  holdings(nowMs: number): ReadonlyMap<number, number>;
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
  const standings: Array<Standing | undefined> = [];
  /** Of the whole board, as long as no stripe changes. */
  let sum: { fromMs: number; untilMs: number; freeParts: number } | undefined;
  let held: { fromMs: number; untilMs: number; holdings: Map<number, number> } | undefined;
  let doneParts = 0;
  let knownParts = 0;

  const stripeAt = (s: number): Stripe => stripes[s] ?? emptyStripe(s);
  const isDone = (part: number) => (stripeAt(stripeOf(part)).done & bitOf(part)) !== 0n;

  const standing = (s: number, nowMs: number): Standing => {
    const before = standings[s];
    if (before && isStillSo(before, nowMs)) return before;
    const now = standingOf(stripeAt(s), nowMs);
    standings[s] = now;
    return now;
  };

  const isNews = ({ s, rev }: Pick<Stripe, 's' | 'rev'>) =>
    rev > (stripes[s]?.rev ?? Number.POSITIVE_INFINITY);

  return {
    geometry,
    isNews,
    standing,
    freeParts(nowMs) {
      if (sum && isStillSo(sum, nowMs)) return sum.freeParts;
      sum = { fromMs: nowMs, untilMs: Number.POSITIVE_INFINITY, freeParts: 0 };
      for (let s = 0; s < geometry.stripes; s++) {
        const { freeCount, untilMs } = standing(s, nowMs);
        sum.freeParts += freeCount;
        sum.untilMs = Math.min(sum.untilMs, untilMs);
      }
      return sum.freeParts;
    },
    holdings(nowMs) {
      if (held && isStillSo(held, nowMs)) return held.holdings;
      held = { fromMs: nowMs, untilMs: Number.POSITIVE_INFINITY, holdings: new Map() };
      for (const { leases } of stripes) {
        for (const lease of leases) {
          if (!isLive(lease, nowMs)) continue;
          const count = held.holdings.get(lease.device) ?? 0;
          held.holdings.set(lease.device, count + countBits(lease.parts));
          held.untilMs = Math.min(held.untilMs, lease.untilMs);
        }
      }
      return held.holdings;
    },
    merge(next) {
      const current = stripes[next.s];
      if (!current || !isNews(next)) return false;
      stripes[next.s] = next;
      standings[next.s] = undefined;
      sum = undefined;
      held = undefined;
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
