import { type Bits, NO_BITS } from './bits.ts';

/** [S2] Most leases in a stripe. With 20 leases and 12 credits the stored item is some 900 bytes. */
export const MAX_LEASES = 20;
/** [S2], [D5] Most credits in a stripe, "others" included. */
export const MAX_CREDITS = 12;
/** [D5] The device number that stands for all devices beyond the eleventh of a stripe. */
export const OTHERS = 0;

/** The right of one device to some tickets of the stripe until `untilMs` (the server's epoch milliseconds). */
export interface Lease {
  device: number;
  parts: Bits;
  untilMs: number;
}

/** Who reported which parts done. */
export interface Credit {
  device: number;
  parts: Bits;
}

/** 64 consecutive tickets: see SPEC.md. Treated as immutable. */
export interface Stripe {
  s: number;
  rev: number;
  known: Bits;
  done: Bits;
  credits: readonly Credit[];
  leases: readonly Lease[];
}

/** [S3] */
export function emptyStripe(s: number): Stripe {
  return { s, rev: 0, known: NO_BITS, done: NO_BITS, credits: [], leases: [] };
}

export function isLive(lease: Lease, nowMs: number): boolean {
  return lease.untilMs > nowMs;
}

/** Tickets with a live lease of somebody (of somebody else than `except`, when given). */
export function leasedBits(stripe: Stripe, nowMs: number, except?: number): Bits {
  let leased = NO_BITS;
  for (const lease of stripe.leases) {
    if (lease.device !== except && isLive(lease, nowMs)) leased |= lease.parts;
  }
  return leased;
}

/** Tickets with a live lease of this device. */
export function heldBits(stripe: Stripe, device: number, nowMs: number): Bits {
  let held = NO_BITS;
  for (const lease of stripe.leases) {
    if (lease.device === device && isLive(lease, nowMs)) held |= lease.parts;
  }
  return held;
}

/** Tickets that anybody may claim now. */
export function freeBits(stripe: Stripe, nowMs: number): Bits {
  return stripe.known & ~stripe.done & ~leasedBits(stripe, nowMs);
}
