import { type Bits, countBits, NO_BITS } from './bits.ts';
import { isLive, type Stripe } from './stripe.ts';

/**
 * How things stand in a stripe from `fromMs` until just before `untilMs`, when a lease runs out. A page looks at its whole
 * board several times a second: what has not changed is not counted again.
 */
export interface Standing {
  fromMs: number;
  untilMs: number;
  /** Tickets that anybody may claim. */
  free: Bits;
  freeCount: number;
  /** Live leases. */
  holders: number;
}

export function standingOf(stripe: Stripe, nowMs: number): Standing {
  let untilMs = Number.POSITIVE_INFINITY;
  let leased = NO_BITS;
  let holders = 0;
  for (const lease of stripe.leases) {
    if (!isLive(lease, nowMs)) continue;
    holders++;
    leased |= lease.parts;
    untilMs = Math.min(untilMs, lease.untilMs);
  }
  const free = stripe.known & ~stripe.done & ~leased;
  return { fromMs: nowMs, untilMs, free, freeCount: countBits(free), holders };
}

/** Whether what was so then is so still; never before the time at which it was looked at: a clock may be set back. */
export function isStillSo({ fromMs, untilMs }: Pick<Standing, 'fromMs' | 'untilMs'>, nowMs: number): boolean {
  return fromMs <= nowMs && nowMs < untilMs;
}
