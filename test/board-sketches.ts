import fc from 'fast-check';
import { type Bits, bitOf, stripeOf } from '../protocol/board/bits.ts';
import type { ChoosingDevice } from '../protocol/board/choose.ts';
import { geometryOf, MIN_PART_BYTES } from '../protocol/board/geometry.ts';
import { makeReplica, type Replica } from '../protocol/board/replica.ts';
import { emptyStripe, isLive, type Lease } from '../protocol/board/stripe.ts';
import { ALL_64, anyBoardHistory, THREE_STRIPES } from './board-arbitraries.ts';

export const ME = 1;
export const BEN = 2;
export const CLEO = 3;

export function chooser(device: number, knows: Partial<ChoosingDevice> = {}): ChoosingDevice {
  return { device, inHand: new Set(), aboutToBeKnown: new Set(), ...knows };
}

export interface Sketch {
  known?: Bits;
  done?: Bits;
  leases?: Lease[];
}

/** A board with these stripes; what is not said of one is as on the empty one. */
export function board(...stripes: Sketch[]): Replica {
  const replica = makeReplica(geometryOf(Math.max(1, stripes.length) * 64 * MIN_PART_BYTES));
  for (const [s, sketch] of stripes.entries()) replica.merge({ ...emptyStripe(s), rev: 1, ...sketch });
  return replica;
}

/** A board near its end: every ticket is known, and done unless somebody has it. */
export function endgame(...leases: Lease[][]): Replica {
  return board(
    ...leases.map((held) => ({
      known: ALL_64,
      done: held.reduce((open, { parts }) => open & ~parts, ALL_64),
      leases: held,
    })),
  );
}

export function lease(device: number, parts: Bits, untilMs = 20_000): Lease {
  return { device, parts, untilMs };
}

const anyParts = fc.array(fc.integer({ min: 1, max: THREE_STRIPES.parts }), { maxLength: 12 });
// The tickets that any history is about are few: some of what a device has must be among them.
const contested = fc.subarray([1, 2, 3, 31, 64, 65, 66, 95, 128, 129, 130]);
export const anyChooser = fc
  .tuple(fc.integer({ min: 1, max: 5 }), contested, fc.oneof(anyParts, contested))
  .map(([device, inHand, soon]) =>
    chooser(device, { inHand: new Set(inHand), aboutToBeKnown: new Set(soon) }),
  );

export const anyBoard = anyBoardHistory({ devices: 5 }).map(({ newest, nowMs }) => {
  const replica = makeReplica(THREE_STRIPES);
  for (const stripe of newest) replica.merge(stripe);
  return { replica, nowMs };
});

export const allParts = Array.from({ length: THREE_STRIPES.parts }, (_, i) => i + 1);

/** Who holds the part now; said part by part, as an oracle. */
export function holdersOf(replica: Replica, part: number, nowMs: number): number[] {
  return replica
    .stripe(stripeOf(part))
    .leases.filter((held) => held.parts & bitOf(part) && isLive(held, nowMs))
    .map(({ device }) => device);
}
