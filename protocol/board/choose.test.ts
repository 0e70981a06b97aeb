import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALL_64, bitsAt } from '../../test/board-arbitraries.ts';
import {
  allParts,
  anyBoard,
  anyChooser,
  BEN,
  board,
  CLEO,
  chooser,
  holdersOf,
  lease,
  ME,
} from '../../test/board-sketches.ts';
import { allBits, bitOf, bitsByStripe, NO_BITS, partsOf, stripeOf } from './bits.ts';
import { type ChoosingDevice, choose, handSize, nextExpiryMs } from './choose.ts';
import { decide } from './decide.ts';
import { geometryOf, MIN_PART_BYTES } from './geometry.ts';
import { chooseHedges } from './hedge.ts';
import { makeReplica, type Replica } from './replica.ts';
import { emptyStripe, isLive, type Lease, type Stripe } from './stripe.ts';

function isClaimable(replica: Replica, who: ChoosingDevice, part: number, nowMs: number): boolean {
  const isOthers = holdersOf(replica, part, nowMs).some((device) => device !== who.device);
  const holdsIt = holdersOf(replica, part, nowMs).includes(who.device);
  return (
    !who.inHand.has(part) &&
    !replica.isDone(part) &&
    (holdsIt || (!isOthers && (replica.isKnown(part) || who.aboutToBeKnown.has(part))))
  );
}

test('[C1] tickets that the device holds but does not have in hand come before all others', () => {
  const replica = board(
    { known: bitsAt(0, 1, 2) },
    { known: bitsAt(0, 1), leases: [lease(ME, bitsAt(1))] },
    { known: bitsAt(5, 6, 7), leases: [lease(ME, bitsAt(6, 7))] },
  );
  expect(new Set(choose(replica, chooser(ME), 3, 0))).toEqual(new Set([66, 135, 136]));
  // One of them is in hand: it is not lost.
  expect(new Set(choose(replica, chooser(ME, { inHand: new Set([135]) }), 2, 0))).toEqual(new Set([66, 136]));
});

test('[C1] whatever the board, nothing else is chosen while a lost ticket is not', () => {
  let lostOnes = 0;
  fc.assert(
    fc.property(anyBoard, anyChooser, fc.nat({ max: 12 }), ({ replica, nowMs }, who, count) => {
      const lost = allParts.filter(
        (part) => holdersOf(replica, part, nowMs).includes(who.device) && !who.inHand.has(part),
      );
      lostOnes += lost.length;
      const chosen = choose(replica, who, count, nowMs);
      const first = Math.min(count, lost.length);
      expect(chosen.slice(0, first).filter((part) => !lost.includes(part))).toEqual([]);
      if (count >= lost.length) expect(new Set(chosen.slice(0, first))).toEqual(new Set(lost));
    }),
    { numRuns: 300 },
  );
  expect(lostOnes).toBeGreaterThan(50);
});

test('[C2] the stripe in which a device works comes before one with more that is free', () => {
  const bigger = { known: bitsAt(0, 1, 2, 3, 4, 5) };
  const byLease = board(bigger, { known: bitsAt(0, 1, 2), leases: [lease(ME, bitsAt(0))] });
  const chosen = choose(byLease, chooser(ME, { inHand: new Set([65]) }), 3, 0);
  expect(chosen.slice(0, 2).sort((a, b) => a - b)).toEqual([66, 67]);
  expect(stripeOf(chosen[2] ?? 0)).toBe(0);
  // What is in hand counts though the board has not heard of it yet, or no longer does.
  const byHand = board(bigger, { known: bitsAt(0, 1, 2) });
  const kept = choose(byHand, chooser(ME, { inHand: new Set([65]) }), 2, 0);
  expect(kept.sort((a, b) => a - b)).toEqual([66, 67]);
});

test('[C3] a device goes where most is free', () => {
  const replica = board({ known: bitsAt(0, 1) }, { known: bitsAt(0, 1, 2, 3, 4, 5, 6) });
  for (let device = 3; device < 40; device++) {
    const chosen = choose(replica, chooser(device), 9, 0);
    expect(chosen.slice(0, 7).sort((a, b) => a - b)).toEqual([65, 66, 67, 68, 69, 70, 71]);
    expect(chosen.slice(7).sort((a, b) => a - b)).toEqual([1, 2]);
  }
});

test('[C3] of two stripes with as much that is free, a device goes where fewer hold tickets', () => {
  const replica = board(
    {
      known: bitsAt(0, 1, 2, 3),
      leases: [lease(BEN, bitsAt(0)), lease(CLEO, bitsAt(1)), lease(7, bitsAt(2))],
    },
    { known: bitsAt(0) },
  );
  for (let device = 8; device < 40; device++) expect(choose(replica, chooser(device), 1, 0)).toEqual([65]);
});

test('[C3] who let a lease run out holds nothing', () => {
  const replica = board(
    { known: bitsAt(0, 1, 2), leases: [lease(BEN, bitsAt(0), 1_000), lease(CLEO, bitsAt(1), 1_000)] },
    { known: bitsAt(0, 1), leases: [lease(BEN, bitsAt(0), 9_000)] },
  );
  for (let device = 4; device < 40; device++) {
    expect([1, 2, 3]).toContain(choose(replica, chooser(device), 1, 1_000)[0]);
  }
});

test('[C3] a stripe with its twenty leases has no room for another device, whatever is free in it', () => {
  const crowd = Array.from({ length: 20 }, (_, i) => lease(100 + i, bitsAt(i)));
  const replica = board({ known: ALL_64, leases: crowd }, { known: bitsAt(5) });
  for (let device = 1; device < 40; device++) expect(choose(replica, chooser(device), 3, 0)).toEqual([70]);
  // Those who are in it stay in it.
  expect(choose(replica, chooser(100, { inHand: new Set([1]) }), 3, 0)).toHaveLength(3);
  expect(stripeOf(choose(replica, chooser(100, { inHand: new Set([1]) }), 3, 0)[0] ?? 0)).toBe(0);
});

test('[C3] where a stripe has somewhat more that is free, most go there and some do not', () => {
  const some = bitsAt(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  const replica = board({ known: some }, { known: some | bitsAt(10, 11, 12, 13) });
  const firsts = Array.from({ length: 200 }, (_, i) =>
    stripeOf(choose(replica, chooser(i + 1), 1, 0)[0] ?? 0),
  );
  const fewer = firsts.filter((s) => s === 0).length;
  expect(fewer).toBeGreaterThan(10);
  expect(fewer).toBeLessThan(100);
});

test('[C3] in one and the same stripe devices begin at different tickets', () => {
  const replica = board({ known: ALL_64 });
  const firsts = Array.from({ length: 64 }, (_, i) => choose(replica, chooser(i + 1), 1, 0)[0]);
  // Sixty-four throws at sixty-four places meet some forty of them.
  expect(new Set(firsts).size).toBeGreaterThan(30);
});

test('[C3] where all stripes are alike, devices spread out', () => {
  const replica = board(...Array.from({ length: 16 }, () => ({ known: bitsAt(0, 1, 2, 3) })));
  const firsts = Array.from({ length: 160 }, (_, i) =>
    stripeOf(choose(replica, chooser(i + 1), 1, 0)[0] ?? 0),
  );
  const crowd = Array.from({ length: 16 }, (_, s) => firsts.filter((first) => first === s).length);
  // Ten each would be perfect; chance gives 20 to the fullest stripe once in a hundred times.
  expect(Math.max(...crowd)).toBeLessThanOrEqual(20);
  expect(Math.min(...crowd)).toBeGreaterThanOrEqual(1);
});

test('[C3] the same device makes the same choice each time', () => {
  const replica = board(...Array.from({ length: 16 }, () => ({ known: bitsAt(0, 1) })));
  expect(choose(replica, chooser(9), 5, 0)).toEqual(choose(replica, chooser(9), 5, 0));
});

/** A file of so many parts, the last of which is smaller; all are known and the first ones are done. */
function withShortLast(parts: number, leftParts: number): Replica {
  const replica = makeReplica(geometryOf((parts - 0.5) * MIN_PART_BYTES));
  for (let s = 0; s < replica.geometry.stripes; s++) {
    const known = allBits(replica.geometry, s);
    const isLeft = (part: number) => part > parts - leftParts;
    const left = partsOf(s, known)
      .filter(isLeft)
      .reduce((bits, part) => bits | bitOf(part), NO_BITS);
    replica.merge({ ...emptyStripe(s), rev: 1, known, done: known & ~left });
  }
  return replica;
}

test('[C13] a last part that is smaller than the others is chosen after all others', () => {
  for (let device = 1; device < 40; device++) {
    // Of two stripes, whichever comes first.
    expect(choose(withShortLast(70, 66), chooser(device), 65, 0)).not.toContain(70);
    expect(choose(withShortLast(70, 66), chooser(device), 66, 0).at(-1)).toBe(70);
    expect(choose(withShortLast(70, 1), chooser(device), 2, 0)).toEqual([70]);
  }
  // One that is as long as the others is one of them.
  const even = board({ known: ALL_64 });
  const firsts = Array.from({ length: 300 }, (_, i) => choose(even, chooser(i + 1), 1, 0)[0]);
  expect(firsts).toContain(64);
});

test('[C13] it is taken by whose share it is, and by nobody else', () => {
  const replica = withShortLast(70, 3);
  const share = (parts: number, last: boolean) => choose(replica, chooser(5), 3, 0, { parts, last });
  expect(share(0, true)).toEqual([70]);
  expect(share(2, false).sort()).toEqual([68, 69]);
  expect(share(1, true)).toHaveLength(2);
  expect(share(1, true)).toContain(70);
  expect(choose(replica, chooser(5), 1, 0, { parts: 1, last: true })).not.toContain(70);
});

test('[C4] whatever the board, at most what is asked for is chosen, no part twice, and only what is claimable', () => {
  let choices = 0;
  fc.assert(
    fc.property(
      anyBoard,
      anyChooser,
      fc.integer({ min: -1, max: 30 }),
      fc.nat({ max: 40_000 }),
      ({ replica, nowMs }, who, count, laterMs) => {
        const lookMs = nowMs + laterMs;
        const chosen = choose(replica, who, count, lookMs);
        const claimable = allParts.filter((part) => isClaimable(replica, who, part, lookMs));
        expect(new Set(chosen).size).toBe(chosen.length);
        expect(chosen.filter((part) => !claimable.includes(part))).toEqual([]);
        expect(chosen.length).toBe(Math.min(Math.max(0, count), claimable.length));
        choices += chosen.length;
      },
    ),
    { numRuns: 300 },
  );
  expect(choices).toBeGreaterThan(500);
});

test('[C4] what a device chooses from a board that is up to date is granted, all of it', () => {
  fc.assert(
    fc.property(anyBoard, anyChooser, fc.nat({ max: 12 }), ({ replica, nowMs }, who, count) => {
      const publish = bitsByStripe(who.aboutToBeKnown);
      for (const [s, claim] of bitsByStripe(choose(replica, who, count, nowMs))) {
        const command = {
          kind: 'sync' as const,
          device: who.device,
          publish: publish.get(s) ?? NO_BITS,
          done: NO_BITS,
          release: NO_BITS,
          claim,
          hedge: NO_BITS,
          leaseMs: 20_000,
        };
        expect(decide(replica.stripe(s), command, nowMs).granted).toBe(claim);
      }
    }),
  );
});

const HUNDRED = geometryOf(MIN_PART_BYTES * 100);
/** How many tickets a device of this speed holds beyond those in flight. */
const beyond = (inFlight: number, partsPerS: number, leftParts = 0, gatherMs = 0) => {
  const own = { rateBps: partsPerS * MIN_PART_BYTES, backlogBytes: leftParts * MIN_PART_BYTES };
  return handSize(HUNDRED, inFlight, own, gatherMs) - inFlight;
};

test('[C5] who has measured nothing holds what is in flight and no more', () => {
  for (const inFlight of [0, 1, 4]) {
    expect(handSize(HUNDRED, inFlight, { rateBps: undefined, backlogBytes: 0 })).toBe(inFlight);
  }
});

test('[C5] a hand is what is in flight and one more, for a device that is not fast', () => {
  expect(beyond(0, 0.5)).toBe(1);
  expect(beyond(4, 0.5, 3)).toBe(1);
  expect(beyond(4, 2, 3)).toBe(1);
});

test('[C5] a device whose part takes longer than 8 s asks for the next when it has 2 s of work left', () => {
  expect(beyond(1, 0.1, 0.21)).toBe(0);
  expect(beyond(1, 0.1, 0.19)).toBe(1);
  expect(beyond(1, 0, 0.5)).toBe(0);
  // 8 s and less: it has one in hand all the time.
  expect(beyond(1, 0.126, 1)).toBe(1);
});

test('[C5] a fast device has about half a second of tickets beyond what is in flight, and those of its window', () => {
  for (const inFlight of [0, 4, 8]) {
    expect(beyond(inFlight, 30)).toBe(15);
    expect(beyond(inFlight, 30, 0, 500)).toBe(30);
  }
});

test('[C5] however fast a device is, it holds no more than 32 tickets beyond those in flight', () => {
  const anyRate = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.nat({ max: 16 }), anyRate, anyRate, fc.nat({ max: 5_000 }), (inFlight, a, b, gatherMs) => {
      const slower = beyond(inFlight, Math.min(a, b), 0, gatherMs);
      const faster = beyond(inFlight, Math.max(a, b), 0, gatherMs);
      expect(slower).toBeGreaterThanOrEqual(0);
      expect(faster).toBeGreaterThanOrEqual(slower - (a === 0 || b === 0 ? 1 : 0));
      expect(faster).toBeLessThanOrEqual(32);
      expect(Number.isInteger(faster)).toBe(true);
    }),
  );
});

test('[C7] a device knows when the next lease of another runs out', () => {
  const replica = board(
    { known: bitsAt(0, 1), leases: [lease(ME, bitsAt(0), 5_000), lease(BEN, bitsAt(1), 40_000)] },
    { known: bitsAt(0), leases: [lease(CLEO, bitsAt(0), 30_000)] },
  );
  expect(nextExpiryMs(replica, ME, 0)).toBe(30_000);
  expect(nextExpiryMs(replica, ME, 30_000)).toBe(40_000);
  expect(nextExpiryMs(replica, ME, 40_000)).toBeUndefined();
});

test('[C7] whatever the board, nothing that others hold becomes free before that time, and something does then', () => {
  const openTo = (replica: Replica, device: number, nowMs: number) =>
    allParts.filter((part) => holdersOf(replica, part, nowMs).some((holder) => holder !== device)).length;
  let expiries = 0;
  fc.assert(
    fc.property(anyBoard, fc.integer({ min: 1, max: 5 }), ({ replica, nowMs }, device) => {
      const untilMs = nextExpiryMs(replica, device, nowMs);
      const held = openTo(replica, device, nowMs);
      if (untilMs === undefined) {
        expect(held).toBe(0);
        return;
      }
      expect(untilMs).toBeGreaterThan(nowMs);
      expect(openTo(replica, device, untilMs - 1)).toBe(held);
      const leases = (at: number) =>
        [0, 1, 2].flatMap((s): Lease[] =>
          replica.stripe(s).leases.filter((one) => one.device !== device && isLive(one, at)),
        ).length;
      expect(leases(untilMs)).toBeLessThan(leases(nowMs));
      expiries++;
    }),
  );
  expect(expiries).toBeGreaterThan(20);
});

test('[L1] as many tickets are counted as free as anybody may claim', () => {
  fc.assert(
    fc.property(anyBoard, ({ replica, nowMs }) => {
      const stranger = chooser(99);
      const free = allParts.filter((part) => isClaimable(replica, stranger, part, nowMs));
      expect(replica.freeParts(nowMs)).toBe(free.length);
    }),
  );
});

test('[C4] choosing looks at the board and leaves it alone', () => {
  fc.assert(
    fc.property(anyBoard, anyChooser, ({ replica, nowMs }, who) => {
      const before = [0, 1, 2].map((s): Stripe => structuredClone(replica.stripe(s)));
      choose(replica, who, 10, nowMs);
      chooseHedges(
        replica,
        who,
        4,
        () => 1,
        () => 100_000,
        nowMs,
      );
      expect([0, 1, 2].map(replica.stripe)).toEqual(before);
    }),
    { numRuns: 30 },
  );
});
