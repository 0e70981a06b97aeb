import { allBits, NO_BITS, partsOf } from '../../protocol/board/bits.ts';
import type { Replica } from '../../protocol/board/replica.ts';

/** Parts that an owner keeps hashed beyond those in hand, so that it never waits for a hash. */
const NEAR_PARTS = 24;
/** On a line slower than the disk hashing costs nothing: helpers find this much work waiting. */
const FAR_PARTS = 256;
/** Above this the hash and the upload fight for the disk and the cores (SHA-256 runs at 100 to 200 MiB/s here). */
const FAST_LINE_BPS = 40 * 1_048_576;
/** With helpers on a fast line, what they need in hand as well. */
const HELPERS_PARTS = 64;

/** How many parts should be hashed and neither done nor in hand. Pure. */
export function hashAheadTarget(rateBps: number | undefined, hasHelpers: boolean): number {
  if (rateBps !== undefined && rateBps < FAST_LINE_BPS) return FAR_PARTS;
  return hasHelpers ? HELPERS_PARTS : NEAR_PARTS;
}

/** Hashes are published so many at a time where nobody waits for them: each time costs a write or three, however few. */
const BATCH_PARTS = 32;

/**
 * How many parts to hash now. What was used up is made good a batch at a time: one part hashed for every part sent would
 * be published alone.
 */
export function makeRefill(): (target: number, waiting: number) => number {
  let isFilling = true;
  return (target, waiting) => {
    if (waiting >= target) isFilling = false;
    if (waiting <= target - Math.min(2 * BATCH_PARTS, target / 2)) isFilling = true;
    return isFilling ? target - waiting : 0;
  };
}

/**
 * Whether to publish what was hashed: `unpublished` parts, with `free` tickets on the board for `devices`. The last
 * ones of the file do not wait for a batch that will not come.
 */
export function mayPublish(unpublished: number, free: number, devices: number, isLast: boolean): boolean {
  return unpublished > 0 && (unpublished >= BATCH_PARTS || isLast || free < NEAR_PARTS + 4 * devices);
}

/** The first `count` parts that lack a hash, by the board and by what was hashed here. */
export function unknownParts(replica: Replica, count: number, isHashed: (part: number) => boolean): number[] {
  const parts: number[] = [];
  for (let s = 0; s < replica.geometry.stripes && parts.length < count; s++) {
    const stripe = replica.stripe(s);
    const unknown = allBits(replica.geometry, s) & ~stripe.known & ~stripe.done;
    if (unknown !== NO_BITS) parts.push(...partsOf(s, unknown).filter((part) => !isHashed(part)));
  }
  return parts.slice(0, count);
}
