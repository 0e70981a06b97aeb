import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALL_64, anyBoardHistory, bitsAt, THREE_STRIPES } from '../../test/board-arbitraries.ts';
import { allBits, type Bits, bitOf, bitsByStripe, NO_BITS, stripeOf } from './bits.ts';
import {
  type ChoosingDevice,
  choose,
  chooseHedge,
  countFree,
  handSize,
  nextExpiryMs,
  type RateOf,
} from './choose.ts';
import { decide } from './decide.ts';
import { type Geometry, geometryOf, MIN_PART_BYTES } from './geometry.ts';
import { makeReplica, type Replica } from './replica.ts';
import { emptyStripe, isLive, type Lease, type Stripe } from './stripe.ts';

const ME = 1;
const BEN = 2;
const CLEO = 3;

function chooser(device: number, knows: Partial<ChoosingDevice> = {}): ChoosingDevice {
  return { device, inHand: new Set(), aboutToBeKnown: new Set(), ...knows };
}

interface Sketch {
  known?: Bits;
  done?: Bits;
  leases?: Lease[];
}

/** A board with these stripes; what is not said of one is as on the empty one. */
function board(...stripes: Sketch[]): Replica {
  const replica = makeReplica(geometryOf(Math.max(1, stripes.length) * 64 * MIN_PART_BYTES));
  for (const [s, sketch] of stripes.entries()) replica.merge({ ...emptyStripe(s), rev: 1, ...sketch });
  return replica;
}

/** A board near its end: every ticket is known, and done unless somebody has it. */
function endgame(...leases: Lease[][]): Replica {
  return board(
    ...leases.map((held) => ({
      known: ALL_64,
      done: held.reduce((open, { parts }) => open & ~parts, ALL_64),
      leases: held,
    })),
  );
}

function lease(device: number, parts: Bits, untilMs = 20_000): Lease {
  return { device, parts, untilMs };
}

const anyParts = fc.array(fc.integer({ min: 1, max: THREE_STRIPES.parts }), { maxLength: 12 });
// The tickets that any history is about are few: some of what a device has must be among them.
const contested = fc.subarray([1, 2, 3, 31, 64, 65, 66, 95, 128, 129, 130]);
const anyChooser = fc
  .tuple(fc.integer({ min: 1, max: 5 }), contested, fc.oneof(anyParts, contested))
  .map(([device, inHand, soon]) =>
    chooser(device, { inHand: new Set(inHand), aboutToBeKnown: new Set(soon) }),
  );

const anyBoard = anyBoardHistory({ devices: 5 }).map(({ newest, nowMs }) => {
  const replica = makeReplica(THREE_STRIPES);
  for (const stripe of newest) replica.merge(stripe);
  return { replica, nowMs };
});

const allParts = Array.from({ length: THREE_STRIPES.parts }, (_, i) => i + 1);

/** Who holds the part now; said part by part, as an oracle. */
function holdersOf(replica: Replica, part: number, nowMs: number): number[] {
  return replica
    .stripe(stripeOf(part))
    .leases.filter((held) => held.parts & bitOf(part) && isLive(held, nowMs))
    .map(({ device }) => device);
}

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
  expect(choose(byLease, chooser(ME, { inHand: new Set([65]) }), 3, 0)).toEqual([66, 67, 1]);
  // What is in hand counts though the board has not heard of it yet, or no longer does.
  const byHand = board(bigger, { known: bitsAt(0, 1, 2) });
  expect(choose(byHand, chooser(ME, { inHand: new Set([65]) }), 2, 0)).toEqual([66, 67]);
});

test('[C3] a device goes where most is free', () => {
  const replica = board(
    { known: bitsAt(0, 1) },
    { known: bitsAt(0, 1, 2, 3) },
    { known: bitsAt(0, 1, 2, 3, 4, 5), leases: [lease(BEN, bitsAt(0, 1, 2))] },
  );
  for (let device = 3; device < 40; device++) {
    expect(choose(replica, chooser(device), 6, 0)).toEqual([65, 66, 67, 68, 132, 133]);
  }
});

test('[C3] of two stripes with as much that is free, a device goes where fewer hold tickets', () => {
  const replica = board(
    { known: bitsAt(0, 1, 2, 3), leases: [lease(BEN, bitsAt(0)), lease(CLEO, bitsAt(1))] },
    { known: bitsAt(0, 1, 2), leases: [lease(BEN, bitsAt(0))] },
  );
  for (let device = 4; device < 40; device++) expect(choose(replica, chooser(device), 1, 0)).toEqual([66]);
});

test('[C3] who let a lease run out holds nothing', () => {
  const replica = board(
    { known: bitsAt(0, 1), leases: [lease(BEN, bitsAt(0), 1_000), lease(CLEO, bitsAt(1), 1_000)] },
    { known: bitsAt(0, 1, 2), leases: [lease(BEN, bitsAt(0), 9_000)] },
  );
  for (let device = 4; device < 40; device++) expect(choose(replica, chooser(device), 1, 1_000)).toEqual([1]);
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

test('[C5] a hand is what is in flight and one more, for a device that is slow or has measured nothing', () => {
  const geometry = geometryOf(MIN_PART_BYTES * 100);
  expect(handSize(geometry, 0, undefined)).toBe(1);
  expect(handSize(geometry, 4, undefined)).toBe(5);
  expect(handSize(geometry, 4, 0)).toBe(5);
  expect(handSize(geometry, 4, 2 * MIN_PART_BYTES)).toBe(5);
});

test('[C5] a fast device has about half a second of tickets beyond what is in flight', () => {
  const geometry = geometryOf(MIN_PART_BYTES * 100);
  for (const inFlight of [0, 4, 8]) {
    const beyond = handSize(geometry, inFlight, 30 * MIN_PART_BYTES) - inFlight;
    expect(beyond).toBeGreaterThanOrEqual(14);
    expect(beyond).toBeLessThanOrEqual(16);
  }
});

test('[C5] however fast a device is, it holds no more than 32 tickets beyond those in flight', () => {
  const geometry = geometryOf(MIN_PART_BYTES * 100);
  const anyRate = fc.double({ min: 0, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(fc.nat({ max: 16 }), anyRate, anyRate, (inFlight, a, b) => {
      const slower = handSize(geometry, inFlight, Math.min(a, b)) - inFlight;
      const faster = handSize(geometry, inFlight, Math.max(a, b)) - inFlight;
      expect(slower).toBeGreaterThanOrEqual(1);
      expect(faster).toBeGreaterThanOrEqual(slower);
      expect(faster).toBeLessThanOrEqual(32);
      expect(Number.isInteger(faster)).toBe(true);
    }),
  );
});

/** How long its holder would take for a ticket at the most: its whole backlog, one part after the other. */
function expectedMs({ partBytes }: Geometry, backlog: number, rateBps: number): number {
  return (backlog * partBytes * 1_000) / rateBps;
}

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
  expect(chooseHedge(wider, chooser(ME), 1_000, rates({ [BEN]: 100, [CLEO]: 99 }), 0)).toBe(1);
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

test('[C6] a holder whose pace nobody knows is left alone, and so is one that says 0', () => {
  // On the wire, 0 is what a device says while it carries nothing: there is nothing to compare with.
  const replica = endgame([lease(BEN, bitsAt(0))]);
  expect(chooseHedge(replica, chooser(ME), 1, rates({}), 0)).toBeUndefined();
  expect(chooseHedge(replica, chooser(ME), 1, rates({ [BEN]: 0 }), 0)).toBeUndefined();
  expect(chooseHedge(replica, chooser(ME), 1, rates({ [BEN]: 1 }), 0)).toBe(1);
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
      expect(countFree(replica, nowMs)).toBe(free.length);
    }),
  );
});

test('[C4] choosing looks at the board and leaves it alone', () => {
  fc.assert(
    fc.property(anyBoard, anyChooser, ({ replica, nowMs }, who) => {
      const before = [0, 1, 2].map((s): Stripe => structuredClone(replica.stripe(s)));
      choose(replica, who, 10, nowMs);
      chooseHedge(replica, who, 1, () => 1, nowMs);
      expect([0, 1, 2].map(replica.stripe)).toEqual(before);
    }),
    { numRuns: 30 },
  );
});
