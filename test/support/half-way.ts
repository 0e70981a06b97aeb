import { allBits, type Bits, firstBits, NO_BITS } from '../../protocol/board/bits.ts';
import type { Geometry } from '../../protocol/board/geometry.ts';
import { MAX_CREDITS, type Stripe } from '../../protocol/board/stripe.ts';

export const NOW_MS = 1_790_000_000_000;
const LEASE_MS = 60_000;

/** The first half is done, by as many devices a stripe as can be told apart; a third is under way; the rest is free. */
export function halfWay(geometry: Geometry, s: number, devices: number): Stripe {
  const all = allBits(geometry, s);
  const place = s / geometry.stripes;
  const done = place < 0.5 ? all : place < 0.85 ? firstBits(all, 32) : NO_BITS;
  const leased = done === all || place >= 0.85 ? NO_BITS : firstBits(all & ~done, 12);
  return {
    s,
    rev: 1,
    known: all,
    done,
    credits: share(done, Math.min(MAX_CREDITS - 1, devices), s, devices).map(([device, parts]) => ({
      device,
      parts,
    })),
    leases: share(leased, Math.min(3, devices), s, devices).map(([device, parts]) => ({
      device,
      parts,
      untilMs: NOW_MS + LEASE_MS,
    })),
  };
}

/** Deals the tickets to so many devices, in turns. */
function share(bits: Bits, among: number, s: number, devices: number): Array<[device: number, parts: Bits]> {
  const hands = new Map<number, Bits>();
  let rest = bits;
  for (let turn = 0; rest !== NO_BITS; turn++) {
    const one = firstBits(rest, 1);
    rest ^= one;
    const device = 1 + ((s * among + (turn % among)) % devices);
    hands.set(device, (hands.get(device) ?? NO_BITS) | one);
  }
  return [...hands];
}
