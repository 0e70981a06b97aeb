import fc from 'fast-check';
import { expect, test } from 'vitest';
import { geometryOf, MIN_PART_BYTES } from './geometry.ts';
import { fairShare, flightsAllowed, isOutOfPatience, type Pace, partsWithin, type Share } from './plan.ts';

const GEOMETRY = geometryOf(1_000 * MIN_PART_BYTES);
/** Parts a second, and parts that are still to be sent. */
const pace = (partsPerS: number, left = 0): Pace => ({
  rateBps: partsPerS * MIN_PART_BYTES,
  backlogBytes: left * MIN_PART_BYTES,
});

/** How many of so many that are all as long. */
const fairParts = (own: Pace, others: Pace[], parts: number) =>
  fairShare(GEOMETRY, own, others, { parts, lastBytes: undefined }).parts;

test('[C8] far from the end a device may take whatever is free', () => {
  expect(fairParts(pace(1), [pace(4), pace(2)], 900)).toBe(900);
});

test('[C8] a slow device takes no ticket that the others would be done with sooner', () => {
  // 10 tickets at 10 a second take a second; one alone takes the slow device ten.
  expect(fairParts(pace(0.1), [pace(10)], 10)).toBe(0);
  expect(fairParts(pace(10), [pace(0.1)], 10)).toBe(10);
  // With 150 it is done with its first before the other is with its last.
  expect(fairParts(pace(0.1), [pace(10)], 150)).toBe(1);
});

test('[C8] what a device has still to send counts before anything new', () => {
  expect(fairParts(pace(1), [pace(1)], 4)).toBe(2);
  expect(fairParts(pace(1, 2), [pace(1)], 4)).toBe(1);
  expect(fairParts(pace(1, 5), [pace(1)], 4)).toBe(0);
});

test('[C8] a device alone takes all, and one that stands still nothing', () => {
  expect(fairParts(pace(0.01), [], 7)).toBe(7);
  expect(fairParts(pace(0), [pace(1)], 7)).toBe(0);
  // Nobody is left to wait for those that stand still.
  expect(fairParts(pace(0.01), [pace(0, 3)], 7)).toBe(7);
});

/** One ticket after the other to whoever is done with it first. Slow and obvious. */
function lastDoneMs(paces: readonly Pace[], free: number): number {
  const sent = paces.map(() => 0);
  let last = 0;
  for (let ticket = 0; ticket < free; ticket++) {
    const ends = paces.map(
      ({ rateBps, backlogBytes }, i) =>
        ((backlogBytes + ((sent[i] ?? 0) + 1) * MIN_PART_BYTES) * 1_000) / rateBps,
    );
    const soonest = Math.min(...ends);
    const winner = ends.indexOf(soonest);
    sent[winner] = (sent[winner] ?? 0) + 1;
    last = Math.max(last, soonest);
  }
  return last;
}

test('[C8] if all take what is theirs, all is taken, and done when one by one to the soonest would be', () => {
  const anyPace = fc
    .tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 12 }))
    .map(([tenths, left]) => pace(tenths / 10, left));
  let held = 0;
  fc.assert(
    fc.property(
      fc.array(anyPace, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 40 }),
      (paces, free) => {
        const shares = paces.map((own, i) =>
          fairParts(
            own,
            paces.filter((_, other) => other !== i),
            free,
          ),
        );
        const sum = shares.reduce((a, b) => a + b, 0);
        expect(sum).toBeGreaterThanOrEqual(free);
        if (shares.some((one) => one === free)) return;
        held++;
        const endMs = lastDoneMs(paces, free);
        for (const [i, share] of shares.entries()) {
          const own = paces[i] ?? pace(0);
          if (share === 0) continue;
          const doneMs = ((own.backlogBytes + share * MIN_PART_BYTES) * 1_000) / own.rateBps;
          expect(doneMs).toBeLessThanOrEqual(endMs * 1.001 + 1);
        }
      },
    ),
  );
  expect(held).toBeGreaterThan(30);
});

/** The same with a smaller one at the end: whoever is done with it first. */
function endsMs(paces: readonly Pace[], free: number, lastBytes: number): number[] {
  const sent = paces.map(({ backlogBytes }) => backlogBytes);
  for (const bytes of [...Array(free).fill(MIN_PART_BYTES), lastBytes]) {
    const ends = paces.map(({ rateBps }, i) => ((sent[i] ?? 0) + bytes) / rateBps);
    const winner = ends.indexOf(Math.min(...ends));
    sent[winner] = (sent[winner] ?? 0) + bytes;
  }
  return paces.map(({ rateBps }, i) => ((sent[i] ?? 0) * 1_000) / rateBps);
}

test('[C13] a smaller last part goes to the line in whose time there is room for it', () => {
  const lastBytes = 0.4 * MIN_PART_BYTES;
  // Two after one another here, one and the smaller one there.
  const shares = (own: Pace, other: Pace): Share[] => [
    fairShare(GEOMETRY, own, [other], { parts: 3, lastBytes }),
    fairShare(GEOMETRY, other, [own], { parts: 3, lastBytes }),
  ];
  expect(shares(pace(1), pace(1, 0.2))).toEqual([
    { parts: 2, last: false },
    { parts: 1, last: true },
  ]);
  expect(shares(pace(1), pace(1, 0.7))).toEqual([
    { parts: 2, last: false },
    { parts: 1, last: true },
  ]);
  // A slow line has time for that one and for no other.
  expect(shares(pace(2), pace(0.3))).toEqual([
    { parts: 3, last: false },
    { parts: 0, last: true },
  ]);
  expect(fairShare(GEOMETRY, pace(1), [pace(10)], { parts: 0, lastBytes })).toEqual({
    parts: 0,
    last: false,
  });
  // Long before the end it is left where it is.
  expect(fairShare(GEOMETRY, pace(1), [pace(4)], { parts: 900, lastBytes })).toEqual({
    parts: 900,
    last: false,
  });
});

test('[C13] if all take what is theirs, somebody takes the last one, and all is done no later than one by one', () => {
  const anyPace = fc
    .tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 12 }))
    .map(([tenths, left]) => pace(tenths / 10, left));
  let taken = 0;
  fc.assert(
    fc.property(
      fc.array(anyPace, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 9 }),
      (paces, parts, tenths) => {
        const lastBytes = (tenths * MIN_PART_BYTES) / 10;
        const sharesOf = paces.map((own, i) => {
          const others = paces.filter((_, other) => other !== i);
          return fairShare(GEOMETRY, own, others, { parts, lastBytes });
        });
        // Far from the end nobody thinks of it yet.
        if (sharesOf.some((share) => share.parts === parts && !share.last)) return;
        const all = sharesOf.reduce((sum, share) => sum + share.parts, 0);
        expect(all).toBeGreaterThanOrEqual(parts);
        expect(all > parts || sharesOf.some(({ last }) => last)).toBe(true);
        if (all > parts) return;
        taken++;
        const endMs = Math.max(...endsMs(paces, parts, lastBytes), 1);
        for (const [i, share] of sharesOf.entries()) {
          const { rateBps, backlogBytes } = paces[i] ?? pace(0);
          const bytes = share.parts * MIN_PART_BYTES + (share.last ? lastBytes : 0);
          if (bytes > 0)
            expect(((backlogBytes + bytes) * 1_000) / rateBps).toBeLessThanOrEqual(endMs * 1.001 + 1);
        }
      },
    ),
  );
  expect(taken).toBeGreaterThan(30);
});

test('[C8] parts that are done at the very moment count', () => {
  expect(partsWithin(pace(1), MIN_PART_BYTES, 3_000)).toBe(3);
  expect(partsWithin(pace(1), MIN_PART_BYTES, 2_999)).toBe(2);
  expect(partsWithin(pace(1, 4), MIN_PART_BYTES, 3_000)).toBe(0);
});

test('[C9] nobody begins more than one part before its speed was measured', () => {
  expect(flightsAllowed(MIN_PART_BYTES, undefined, 4)).toBe(1);
  expect(flightsAllowed(MIN_PART_BYTES, 1e9, 4)).toBe(4);
});

test('[C9] a slow line carries one part at a time, a fast one as many as it may', () => {
  const partsPerS = (parts: number) => flightsAllowed(MIN_PART_BYTES, parts * MIN_PART_BYTES, 4);
  expect([0, 0.05, 0.125, 0.126, 0.25, 0.3, 0.376, 10].map(partsPerS)).toEqual([1, 1, 1, 2, 2, 3, 4, 4]);
});

test('[C9] near the end, and in a small file all along, a part on its way takes no longer than an eighth of the rest', () => {
  const flights = (partsPerS: number, restS: number) =>
    flightsAllowed(MIN_PART_BYTES, partsPerS * MIN_PART_BYTES, 8, restS);
  expect([100, 64, 48, 32.1, 32, 8, 0].map((restS) => flights(0.5, restS))).toEqual([4, 4, 3, 3, 2, 2, 2]);
  expect(flights(0.2, 8)).toBe(1);
  // A fast line is through with all of them in no time.
  expect(flights(10, 1)).toBe(8);
});

test('[C12] nobody is patient for longer than a part takes, nor for less than 10 s', () => {
  const slow = MIN_PART_BYTES / 30;
  expect([29_999, 30_001].map((ms) => isOutOfPatience(MIN_PART_BYTES, slow, ms))).toEqual([false, true]);
  const fast = MIN_PART_BYTES * 30;
  expect([9_999, 10_001].map((ms) => isOutOfPatience(MIN_PART_BYTES, fast, ms))).toEqual([false, true]);
});
