import { type Geometry, STRIPE_PARTS } from './geometry.ts';

/** A set of tickets of one stripe: bit `i` is part `64 s + 1 + i`. Always within 64 bits. */
export type Bits = bigint;

export const NO_BITS: Bits = 0n;
const LOW_32 = 0xffff_ffffn;

export function stripeOf(part: number): number {
  return Math.floor((part - 1) / STRIPE_PARTS);
}

export function bitOf(part: number): Bits {
  return 1n << BigInt((part - 1) % STRIPE_PARTS);
}

/** All tickets that stripe `s` has in this geometry (the last stripe has fewer than 64). */
export function allBits(geometry: Geometry, s: number): Bits {
  const tickets = Math.min(STRIPE_PARTS, geometry.parts - s * STRIPE_PARTS);
  return tickets <= 0 ? NO_BITS : (1n << BigInt(tickets)) - 1n;
}

/** How many tickets are in the set. */
export function countBits(bits: Bits): number {
  return count32(Number(bits & LOW_32)) + count32(Number((bits >> 32n) & LOW_32));
}

function count32(word: number): number {
  let rest = word - ((word >>> 1) & 0x5555_5555);
  rest = (rest & 0x3333_3333) + ((rest >>> 2) & 0x3333_3333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** The part numbers in the set, ascending. */
export function partsOf(s: number, bits: Bits): number[] {
  const parts: number[] = [];
  collect(Number(bits & LOW_32), s * STRIPE_PARTS + 1, parts);
  collect(Number((bits >> 32n) & LOW_32), s * STRIPE_PARTS + 33, parts);
  return parts;
}

function collect(word: number, firstPart: number, into: number[]): void {
  for (let rest = word >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) {
    into.push(firstPart + 31 - Math.clz32(rest & -rest));
  }
}

/** The parts as one set a stripe. */
export function bitsByStripe(parts: Iterable<number>): Map<number, Bits> {
  const stripes = new Map<number, Bits>();
  for (const part of parts) {
    const s = stripeOf(part);
    stripes.set(s, (stripes.get(s) ?? NO_BITS) | bitOf(part));
  }
  return stripes;
}

/** The first `count` tickets of the set. */
export function firstBits(bits: Bits, count: number): Bits {
  let taken = NO_BITS;
  let rest = bits;
  for (let i = 0; i < count && rest !== NO_BITS; i++) {
    const lowest = rest & -rest;
    taken |= lowest;
    rest ^= lowest;
  }
  return taken;
}

/** Hexadecimal, no leading zeros: the form on the wire. */
export function bitsToHex(bits: Bits): string {
  return bits.toString(16);
}

export function bitsFromHex(hex: string): Bits {
  return BigInt(`0x${hex}`);
}
