import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ALL_64,
  anyBoardHistory,
  type BoardHistory,
  bitsAt,
  placesIn,
  THREE_STRIPES,
} from '../../test/board-arbitraries.ts';
import { allBits, bitOf, NO_BITS, stripeOf } from './bits.ts';
import { geometryOf, MIN_PART_BYTES, partLength } from './geometry.ts';
import { makeReplica, type Replica, viewTicket } from './replica.ts';
import { emptyStripe, type Stripe } from './stripe.ts';

/** Broadcasts as a bad network gives them: some twice, some never, in any order; the newest of each came through. */
const anyDelivery = anyBoardHistory().chain((history) => {
  const newest = history.newest.filter(({ rev }) => rev > 0);
  const anySome =
    history.versions.length > 0
      ? fc.array(fc.constantFrom(...history.versions), { maxLength: 60 })
      : fc.constant<Stripe[]>([]);
  return anySome.chain((some) => {
    const delivered = [...some, ...newest];
    const length = delivered.length;
    return fc.record({
      history: fc.constant(history),
      delivered: fc.shuffledSubarray(delivered, { minLength: length, maxLength: length }),
    });
  });
});

function parts(): number[] {
  return Array.from({ length: THREE_STRIPES.parts }, (_, i) => i + 1);
}

function replicaOf({ newest }: BoardHistory): Replica {
  const replica = makeReplica(THREE_STRIPES);
  for (const stripe of newest) replica.merge(stripe);
  return replica;
}

test('[R1] whatever is lost, repeated and reordered, a replica that heard the newest equals the store', () => {
  let superseded = 0;
  fc.assert(
    fc.property(anyDelivery, ({ history, delivered }) => {
      const replica = makeReplica(THREE_STRIPES);
      for (const stripe of delivered) if (!replica.merge(stripe)) superseded++;
      for (const stripe of history.newest) expect(replica.stripe(stripe.s)).toEqual(stripe);
    }),
    { numRuns: 300 },
  );
  expect(superseded).toBeGreaterThan(100);
});

test('[L1] whatever happens, and wherever the clock is set, a replica counts what is free and held as if for the first time', () => {
  const times = fc.array(fc.nat({ max: 90_000 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(anyBoardHistory(), times, ({ versions, nowMs }, later) => {
      const replica = makeReplica(THREE_STRIPES);
      for (const [i, stripe] of versions.entries()) {
        replica.merge(stripe);
        const atMs = nowMs - 40_000 + (later[i % later.length] ?? 0);
        const afresh = makeReplica(THREE_STRIPES);
        for (const s of [0, 1, 2]) afresh.merge(replica.stripe(s));
        expect(replica.freeParts(atMs)).toBe(afresh.freeParts(atMs));
        expect(replica.holdings(atMs)).toEqual(afresh.holdings(atMs));
        const free = parts().filter(
          (part) => viewTicket(replica.stripe(stripeOf(part)), part, atMs).state === 'free',
        );
        expect(replica.freeParts(atMs)).toBe(free.length);
      }
    }),
    { numRuns: 100 },
  );
});

test('[R1] a stripe is taken only with a higher rev, and the replica says whether it did', () => {
  const replica = makeReplica(THREE_STRIPES);
  const at = (rev: number, done: bigint): Stripe => ({ ...emptyStripe(1), rev, known: ALL_64, done });
  expect(replica.merge(at(0, bitsAt(9)))).toBe(false);
  expect(replica.merge(at(5, bitsAt(0, 1)))).toBe(true);
  expect(replica.merge(at(5, bitsAt(0, 1, 2)))).toBe(false);
  expect(replica.merge(at(4, bitsAt(0)))).toBe(false);
  expect(replica.doneParts()).toBe(2);
  // What the finish reopened is newer, though less is done.
  expect(replica.merge(at(6, bitsAt(1)))).toBe(true);
  expect(replica.doneParts()).toBe(1);
});

test('[R1] a stripe that the board does not have is not taken', () => {
  const replica = makeReplica(THREE_STRIPES);
  for (const s of [3, -1, 0.5])
    expect(replica.merge({ ...emptyStripe(s), rev: 9, done: ALL_64 })).toBe(false);
  expect(replica.doneParts()).toBe(0);
});

test('[R1] whatever was heard in whatever order, its counts are those of its stripes', () => {
  fc.assert(
    fc.property(anyDelivery, ({ delivered }) => {
      const replica = makeReplica(THREE_STRIPES);
      for (const stripe of delivered) replica.merge(stripe);
      const has = (bits: 'done' | 'known') =>
        parts().filter((part) => replica.stripe(stripeOf(part))[bits] & bitOf(part));
      const done = has('done');
      expect(replica.doneParts()).toBe(done.length);
      expect(replica.knownParts()).toBe(has('known').length);
      expect(replica.doneBytes()).toBe(done.reduce((sum, part) => sum + partLength(THREE_STRIPES, part), 0));
      expect(parts().filter(replica.isDone)).toEqual(done);
      expect(parts().filter(replica.isKnown)).toEqual(has('known'));
      const credited = [...replica.doneByDevice().values()].reduce((sum, count) => sum + count, 0);
      expect(credited).toBe(done.length);
    }),
  );
});

test('[R2] a stripe missing from a snapshot is the empty one', () => {
  const replica = makeReplica(THREE_STRIPES);
  replica.merge({ ...emptyStripe(1), rev: 3, known: ALL_64 });
  expect([0, 1, 2].map(replica.stripe)).toEqual([
    emptyStripe(0),
    { ...emptyStripe(1), rev: 3, known: ALL_64 },
    emptyStripe(2),
  ]);
  expect(replica.doneParts()).toBe(0);
  expect(replica.knownParts()).toBe(64);
});

test('[R2] a device that comes back with what it had takes no harm from a snapshot without that stripe', () => {
  fc.assert(
    fc.property(anyBoardHistory(), (history) => {
      const replica = replicaOf(history);
      for (const { s } of history.newest) replica.merge(emptyStripe(s));
      for (const stripe of history.newest) expect(replica.stripe(stripe.s)).toEqual(stripe);
    }),
  );
});

test('[F1] the board is full when all of its stripes are, the short last one included', () => {
  const replica = makeReplica(THREE_STRIPES);
  for (const [s, done] of [ALL_64, ALL_64, allBits(THREE_STRIPES, 2) ^ bitsAt(21)].entries()) {
    replica.merge({ ...emptyStripe(s), rev: 1, known: done, done });
    expect(replica.isFull()).toBe(false);
  }
  replica.merge({ ...emptyStripe(2), rev: 2, done: allBits(THREE_STRIPES, 2) });
  expect(replica.isFull()).toBe(true);
  expect(replica.doneBytes()).toBe(THREE_STRIPES.sizeBytes);
});

test('[F1] the board of an empty file is full once its one part is done', () => {
  const replica = makeReplica(geometryOf(0));
  expect(replica.isFull()).toBe(false);
  replica.merge({ ...emptyStripe(0), rev: 1, done: bitsAt(0) });
  expect(replica.isFull()).toBe(true);
  expect(replica.doneBytes()).toBe(0);
});

test('[D5] parts are counted by device over all stripes, the others under number 0', () => {
  const replica = makeReplica(geometryOf(100 * MIN_PART_BYTES));
  const done = (s: number, credits: Stripe['credits']): Stripe => ({ ...emptyStripe(s), rev: 1, credits });
  replica.merge(
    done(0, [
      { device: 1, parts: bitsAt(0, 1, 2) },
      { device: 0, parts: bitsAt(9) },
    ]),
  );
  replica.merge(
    done(1, [
      { device: 1, parts: bitsAt(0) },
      { device: 2, parts: bitsAt(5) },
    ]),
  );
  expect(replica.doneByDevice()).toEqual(
    new Map([
      [1, 4],
      [0, 1],
      [2, 1],
    ]),
  );
});

test('[L3] what is shown of a ticket: a lease that has run out no longer counts', () => {
  const stripe: Stripe = {
    s: 1,
    rev: 9,
    known: bitsAt(0, 1, 2, 3, 4),
    done: bitsAt(3, 4),
    credits: [{ device: 7, parts: bitsAt(3) }],
    leases: [
      { device: 1, parts: bitsAt(0, 1), untilMs: 1_000 },
      { device: 2, parts: bitsAt(1), untilMs: 2_000 },
    ],
  };
  const view = (nowMs: number) => [65, 66, 67, 68, 69, 70].map((part) => viewTicket(stripe, part, nowMs));
  expect(view(999)).toEqual([
    { state: 'leased', devices: [1] },
    { state: 'leased', devices: [1, 2] },
    { state: 'free' },
    { state: 'done', device: 7 },
    { state: 'done', device: 0 },
    { state: 'unknown' },
  ]);
  expect(view(1_000).slice(0, 2)).toEqual([{ state: 'free' }, { state: 'leased', devices: [2] }]);
  expect(view(2_000)[1]).toEqual({ state: 'free' });
});

test('[L3] whatever the board, a ticket is shown as free exactly when it may be claimed', () => {
  fc.assert(
    fc.property(anyBoardHistory(), fc.nat({ max: 60_000 }), ({ newest, nowMs }, laterMs) => {
      for (const stripe of newest) {
        const open = stripe.known & ~stripe.done;
        for (const place of placesIn(open)) {
          const isLeased = stripe.leases.some(
            (lease) => (lease.parts & bitsAt(place)) !== NO_BITS && lease.untilMs > nowMs + laterMs,
          );
          const view = viewTicket(stripe, 64 * stripe.s + 1 + place, nowMs + laterMs);
          expect(view.state).toBe(isLeased ? 'leased' : 'free');
        }
      }
    }),
  );
});
