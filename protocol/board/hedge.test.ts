import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALL_64, bitsAt, THREE_STRIPES } from '../../test/board-arbitraries.ts';
import {
  allParts,
  anyBoard,
  anyChooser,
  BEN,
  board,
  CLEO,
  chooser,
  endgame,
  holdersOf,
  lease,
  ME,
} from '../../test/board-sketches.ts';
import { allBits } from './bits.ts';
import type { ChoosingDevice } from './choose.ts';
import { type Geometry, MIN_PART_BYTES } from './geometry.ts';
import { chooseHedges } from './hedge.ts';
import { makeReplica, type Replica } from './replica.ts';

/** The one ticket to hedge, where each holder needs for all that it holds what its speed says. */
function chooseHedge(
  replica: Replica,
  who: ChoosingDevice,
  ownPartMs: number,
  rateOf: RateOf,
  nowMs: number,
): number | undefined {
  const holdings = replica.holdings(nowMs);
  const endOf = (device: number) => {
    const rateBps = rateOf(device);
    if (!rateBps) return undefined;
    return expectedMs(replica.geometry, holdings.get(device) ?? 0, rateBps);
  };
  return chooseHedges(replica, who, 1, () => ownPartMs, endOf, nowMs)[0];
}

/** How long its holder would take for a ticket at the most: its whole backlog, one part after the other. */
function expectedMs({ partBytes }: Geometry, backlog: number, rateBps: number): number {
  return (backlog * partBytes * 1_000) / rateBps;
}

type RateOf = (device: number) => number | undefined;

const rates =
  (known: Record<number, number>): RateOf =>
  (device) =>
    known[device];

test('[C6] the ticket whose holder would take longest is hedged', () => {
  const replica = endgame([lease(BEN, bitsAt(0, 1)), lease(CLEO, bitsAt(2, 3, 4))]);
  // Each of Ben's parts takes 20 s, each of Cleo's 10 s: his two take longer than her three.
  const rateOf = rates({ [BEN]: MIN_PART_BYTES / 20, [CLEO]: MIN_PART_BYTES / 10 });
  expect(chooseHedge(replica, chooser(ME), 1_000, rateOf, 0)).toBe(2);
  // What Ben holds in other stripes counts for his backlog too.
  const wider = endgame([lease(BEN, bitsAt(0)), lease(CLEO, bitsAt(1, 2))], [lease(BEN, bitsAt(0, 1))]);
  expect(chooseHedge(wider, chooser(ME), 1_000, rates({ [BEN]: 100, [CLEO]: 99 }), 0)).toBe(66);
});

test('[C6] a hedge has to be done in less than two thirds of the time', () => {
  const replica = endgame([lease(BEN, bitsAt(0))]);
  const rateOf = rates({ [BEN]: MIN_PART_BYTES / 30 });
  expect(chooseHedge(replica, chooser(ME), 19_999, rateOf, 0)).toBe(1);
  expect(chooseHedge(replica, chooser(ME), 20_001, rateOf, 0)).toBeUndefined();
});

test('[C6] a hedge has to be done a second sooner', () => {
  const replica = endgame([lease(BEN, bitsAt(0))]);
  const rateOf = rates({ [BEN]: MIN_PART_BYTES / 2 });
  expect(chooseHedge(replica, chooser(ME), 999, rateOf, 0)).toBe(1);
  expect(chooseHedge(replica, chooser(ME), 1_001, rateOf, 0)).toBeUndefined();
});

test('[C6] while a ticket is still to become known, nothing is hedged', () => {
  const replica = endgame([lease(BEN, bitsAt(0))]);
  const rateOf = rates({ [BEN]: 1 });
  expect(chooseHedge(replica, chooser(ME), 1_000, rateOf, 0)).toBe(1);
  const hashing = board({ known: ALL_64 ^ bitsAt(63), leases: [lease(BEN, bitsAt(0))] });
  expect(chooseHedge(hashing, chooser(ME), 1_000, rateOf, 0)).toBeUndefined();
});

test('[C6] a holder of whom it is too early to tell is left alone', () => {
  const replica = endgame([lease(BEN, bitsAt(0))]);
  expect(chooseHedge(replica, chooser(ME), 1, rates({}), 0)).toBeUndefined();
  expect(chooseHedge(replica, chooser(ME), 1, rates({ [BEN]: 1 }), 0)).toBe(1);
});

test('[C6] a device says of each holder how long its lease lasts, for those of whom nothing else is known', () => {
  const replica = endgame([lease(BEN, bitsAt(0), 30_000)], [lease(CLEO, bitsAt(3), 50_000)]);
  const untilItRunsOut = (_: number, leftMs: number) => leftMs;
  expect(chooseHedges(replica, chooser(ME), 1, () => 10_000, untilItRunsOut, 12_000)).toEqual([68]);
  expect(chooseHedges(replica, chooser(ME), 2, () => 10_000, untilItRunsOut, 12_000)).toEqual([68, 1]);
});

test('[C6] several places are filled with hedges as long as each of them is worth it', () => {
  const replica = endgame([lease(BEN, bitsAt(0, 1, 2, 3, 4))]);
  const ownMs = (hedges: number) => hedges * 10_000;
  const hedges = (count: number) => chooseHedges(replica, chooser(ME), count, ownMs, () => 40_000, 0);
  expect(hedges(0)).toEqual([]);
  expect(hedges(1)).toEqual([5]);
  // The third would take 30 s, more than two thirds of 40.
  expect(hedges(4)).toEqual([5, 4]);
});

test('[C6] nothing is hedged that is hedged already, in hand, or whose lease has run out', () => {
  const slow = rates({ [ME]: 1, [BEN]: 1, [CLEO]: 1 });
  const twice = endgame([lease(BEN, bitsAt(0)), lease(CLEO, bitsAt(0))]);
  expect(chooseHedge(twice, chooser(ME), 1_000, slow, 0)).toBeUndefined();
  const once = endgame([lease(BEN, bitsAt(0))]);
  expect(chooseHedge(once, chooser(ME, { inHand: new Set([1]) }), 1_000, slow, 0)).toBeUndefined();
  expect(chooseHedge(once, chooser(BEN), 1_000, slow, 0)).toBeUndefined();
  expect(chooseHedge(once, chooser(ME), 1_000, slow, 19_999)).toBe(1);
  expect(chooseHedge(once, chooser(ME), 1_000, slow, 20_000)).toBeUndefined();
});

/** The same board once the owner has published everything. */
function publishedWhole(replica: Replica): Replica {
  const whole = makeReplica(THREE_STRIPES);
  for (const s of [0, 1, 2]) {
    whole.merge({ ...replica.stripe(s), rev: replica.stripe(s).rev + 1, known: allBits(THREE_STRIPES, s) });
  }
  return whole;
}

test('[C6] whatever the board, the hedge is worth it and none is worth more', () => {
  const seen = { hedges: 0, none: 0 };
  const anyRates = fc.array(fc.option(fc.constantFrom(0, 100, 1_000, 20_000, 500_000), { nil: undefined }), {
    minLength: 6,
    maxLength: 6,
  });
  fc.assert(
    fc.property(
      anyBoard,
      anyChooser,
      anyRates,
      fc.integer({ min: 1_000, max: 1_000_000 }),
      ({ replica: unpublished, nowMs }, who, ratesOf, ownPartMs) => {
        const replica = publishedWhole(unpublished);
        const worth = new Map<number, number>();
        for (const part of allParts) {
          const [holder, ...more] = holdersOf(replica, part, nowMs);
          const rateBps = ratesOf[holder ?? 0];
          if (holder === undefined || holder === who.device || more.length > 0 || who.inHand.has(part))
            continue;
          if (rateBps === undefined || rateBps === 0) continue;
          const backlog = allParts.filter((other) =>
            holdersOf(replica, other, nowMs).includes(holder),
          ).length;
          const ms = expectedMs(THREE_STRIPES, backlog, rateBps);
          if (ownPartMs < (ms * 2) / 3 && ownPartMs < ms - 1_000) worth.set(part, ms);
        }
        const hedge = chooseHedge(replica, who, ownPartMs, (device) => ratesOf[device], nowMs);
        if (hedge === undefined) {
          expect([...worth.keys()]).toEqual([]);
          seen.none++;
          return;
        }
        expect(worth.get(hedge)).toBeCloseTo(Math.max(...worth.values()));
        seen.hedges++;
      },
    ),
    { numRuns: 400 },
  );
  expect(seen.hedges).toBeGreaterThan(30);
  expect(seen.none).toBeGreaterThan(30);
});
