import { allBits, NO_BITS, partsOf } from '../../protocol/board/bits.ts';
import { type Geometry, STRIPE_PARTS } from '../../protocol/board/geometry.ts';
import type { Replica } from '../../protocol/board/replica.ts';
import type { BoardSession, OpenBoard } from './board-session.ts';
import type { Hashing } from './hashing.ts';

/** Parts that an owner keeps hashed beyond those in hand, so that it never waits for a hash. */
const NEAR_PARTS = 24;
/** On a line slower than the disk hashing costs nothing: helpers find this much work waiting. */
const FAR_PARTS = 256;
/** Above this the hash and the upload fight for the disk and the cores (SHA-256 runs at 100 to 200 MiB/s here). */
const FAST_LINE_BPS = 40 * 1_048_576;
/** With helpers on a fast line, what they need in hand as well. */
const HELPERS_PARTS = 64;

/** What each of many devices is to find waiting: a stripe has room for twenty of them. */
const PARTS_PER_DEVICE = 6;
/** Devices to a stripe, where many begin at once. */
const DEVICES_PER_STRIPE = 10;

/** How many parts should be hashed and neither done nor in hand, for so many others that carry. Pure. */
export function hashAheadTarget(rateBps: number | undefined, helpers: number): number {
  if (rateBps !== undefined && rateBps < FAST_LINE_BPS) {
    return Math.max(FAR_PARTS, PARTS_PER_DEVICE * (helpers + 1));
  }
  return helpers > 0 ? HELPERS_PARTS : NEAR_PARTS;
}

/** Over how many stripes what is hashed next is spread, so that each of the others finds room in one. */
export function stripesForHashing(helpers: number): number {
  return 1 + Math.floor(helpers / DEVICES_PER_STRIPE);
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

/**
 * The first `count` parts that lack a hash, by the board and by what was hashed here; of the first `width` stripes that
 * have any, each as far as the others.
 */
export function unknownParts(
  replica: Replica,
  count: number,
  isHashed: (part: number) => boolean,
  width = 1,
): number[] {
  const parts: number[] = [];
  let side: number[][] = [];
  const gather = () => {
    parts.push(...side.flat().sort((a, b) => placeOf(a) - placeOf(b)));
    side = [];
  };
  for (let s = 0; s < replica.geometry.stripes && parts.length < count; s++) {
    const stripe = replica.stripe(s);
    const unknown = allBits(replica.geometry, s) & ~stripe.known & ~stripe.done;
    const lacking = unknown === NO_BITS ? [] : partsOf(s, unknown).filter((part) => !isHashed(part));
    if (lacking.length > 0) side.push(lacking);
    if (side.length === width) gather();
  }
  gather();
  return parts.slice(0, count);
}

function placeOf(part: number): number {
  return (part - 1) % STRIPE_PARTS;
}

export interface HashAheadOptions {
  hashing: Pick<Hashing, 'start' | 'room' | 'underWay' | 'hashOf'>;
  /** Hashes that the board does not know yet. */
  unpublished: ReadonlyMap<number, string>;
  geometry: Geometry;
  session: Pick<BoardSession, 'helpers'>;
  rateBps: () => number | undefined;
  serverNowMs: () => number;
}

/** For who may publish: starts hashing what is to be hashed next; the first parts before the board is there. */
export function makeHashAhead(options: HashAheadOptions): (board: OpenBoard | undefined) => void {
  const { hashing, unpublished, geometry, session, rateBps, serverNowMs } = options;
  const refill = makeRefill();
  return (board) => {
    if (!board) return hashing.start([1, 2].filter((part) => part <= geometry.parts));
    const waiting = board.replica.freeParts(serverNowMs()) + unpublished.size + hashing.underWay();
    const helpers = session.helpers();
    const missing = refill(hashAheadTarget(rateBps(), helpers), waiting);
    if (missing <= 0 || hashing.room() === 0) return;
    const isHashed = (part: number) => hashing.hashOf(part) !== undefined;
    const next = Math.min(missing, hashing.room()) + hashing.underWay();
    hashing.start(unknownParts(board.replica, next, isHashed, stripesForHashing(helpers)));
  };
}
