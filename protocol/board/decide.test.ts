import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeStripes } from '../../functions/table/stripes.ts';
import type { Item, Table } from '../../functions/table/table.ts';
import {
  ALL_64,
  anyBits,
  anySteps,
  bitsAt,
  type Played,
  placesIn,
  play,
  type Step,
} from '../../test/board-arbitraries.ts';
import { allBits, type Bits, NO_BITS } from './bits.ts';
import { type Decision, decide, isFull, type SyncCommand } from './decide.ts';
import { geometryOf, MIN_PART_BYTES } from './geometry.ts';
import { emptyStripe, freeBits, heldBits, isLive, leasedBits, type Stripe } from './stripe.ts';

const ANNA = 1;
const BEN = 2;
const CLEO = 3;
const LEASE_MS = 20_000;

function sync(device: number, asks: Partial<SyncCommand> = {}): SyncCommand {
  return {
    kind: 'sync',
    device,
    publish: NO_BITS,
    done: NO_BITS,
    release: NO_BITS,
    claim: NO_BITS,
    hedge: NO_BITS,
    leaseMs: LEASE_MS,
    ...asks,
  };
}

/** Stripe 0 with these tickets known, at rev 1. */
function known(...places: number[]): Stripe {
  return decide(emptyStripe(0), sync(ANNA, { publish: bitsAt(...places) }), 0).stripe;
}

type Move = [nowMs: number, command: Parameters<typeof decide>[1]];

function after(stripe: Stripe, ...moves: Move[]): Stripe {
  return moves.reduce((before, [nowMs, command]) => decide(before, command, nowMs).stripe, stripe);
}

function leasesOn(stripe: Stripe, place: number): number[] {
  return stripe.leases.filter(({ parts }) => parts & bitsAt(place)).map(({ device }) => device);
}

function untilMsOf(stripe: Stripe, device: number): number | undefined {
  return stripe.leases.find((lease) => lease.device === device)?.untilMs;
}

/** Checks every step of many histories. */
function whateverHappens(check: (step: Played) => void, steps: fc.Arbitrary<Step[]> = anySteps()): void {
  fc.assert(
    fc.property(steps, (history) => {
      for (const step of play(history)) check(step);
    }),
    { numRuns: 150 },
  );
}

/** The same, for the syncs alone. */
function whateverIsAsked(check: (step: Played & { command: SyncCommand }) => void): void {
  whateverHappens((step) => {
    const { command } = step;
    if (command.kind === 'sync') check({ ...step, command });
  });
}

/** What a sync finds once its reports and releases have been heard; said ticket by ticket, as SPEC.md does. */
function ticketsMetBy({ before, command, nowMs }: Played & { command: SyncCommand }) {
  return Array.from({ length: 64 }, (_, place) => {
    const bit = bitsAt(place);
    const isDone = ((before.done | command.done) & bit) !== NO_BITS;
    const others = before.leases.filter(
      (lease) => lease.device !== command.device && isLive(lease, nowMs) && lease.parts & bit,
    ).length;
    const held = (heldBits(before, command.device, nowMs) & ~command.release & bit) !== NO_BITS;
    const isKnown = ((before.known | command.publish) & bit) !== NO_BITS;
    const isFree = isKnown && !isDone && !held && others === 0;
    return { place, bit, isDone, isKnown, others, held, isFree };
  });
}

test('[S1] whatever is asked, a change raises rev by one and no change gives the very same stripe', () => {
  let changed = 0;
  let unchanged = 0;
  whateverHappens(({ before, after: next }) => {
    if (next === before) {
      unchanged++;
      return;
    }
    changed++;
    expect(next.rev).toBe(before.rev + 1);
    expect(next.s).toBe(before.s);
    expect({ ...next, rev: before.rev }).not.toEqual(before);
  });
  // Both kinds have to have been met, or the property would say nothing.
  expect(changed).toBeGreaterThan(100);
  expect(unchanged).toBeGreaterThan(100);
});

test('[S1] the stripe that was there before is left as it was', () => {
  whateverHappens(
    ({ before, command, nowMs }) => {
      const copy = structuredClone(before);
      decide(before, command, nowMs);
      expect(before).toEqual(copy);
    },
    anySteps({ maxLength: 10 }),
  );
});

test('[S1] a lease of somebody else that ran out is no reason for a write, but goes with the next one', () => {
  const stripe = after(known(0, 1), [0, sync(ANNA, { claim: bitsAt(0) })]);
  expect(decide(stripe, sync(BEN), 60_000).stripe).toBe(stripe);
  const next = decide(stripe, sync(BEN, { claim: bitsAt(1) }), 60_000).stripe;
  expect(next.leases).toEqual([{ device: BEN, parts: bitsAt(1), untilMs: 80_000 }]);
});

test('[S2] whatever forty devices do, a stripe has at most 20 leases and 12 credits', () => {
  let mostLeases = 0;
  let mostCredits = 0;
  const place = fc.nat({ max: 63 });
  const anyOne = fc.oneof(
    { arbitrary: fc.constant(NO_BITS), weight: 2 },
    place.map((at) => bitsAt(at)),
  );
  const crowd = fc.array(
    fc.record({
      afterMs: fc.nat({ max: 300 }),
      command: fc.record({
        kind: fc.constant('sync' as const),
        device: fc.integer({ min: 1, max: 40 }),
        publish: fc.constant(ALL_64),
        done: fc.oneof(
          { arbitrary: fc.constant(NO_BITS), weight: 4 },
          place.map((at) => bitsAt(at)),
        ),
        release: fc.constant(NO_BITS),
        claim: anyOne,
        hedge: anyOne,
        leaseMs: fc.constant(LEASE_MS),
      }),
    }),
    { minLength: 100, maxLength: 150, size: 'max' },
  );
  fc.assert(
    fc.property(crowd, (history) => {
      for (const { after: next } of play(history)) {
        expect(next.leases.length).toBeLessThanOrEqual(20);
        expect(next.credits.length).toBeLessThanOrEqual(12);
        mostLeases = Math.max(mostLeases, next.leases.length);
        mostCredits = Math.max(mostCredits, next.credits.length);
      }
    }),
    { numRuns: 50 },
  );
  expect({ mostLeases, mostCredits }).toEqual({ mostLeases: 20, mostCredits: 12 });
});

test('[S2] the twenty-first device gets no lease, while the twenty may go on claiming', () => {
  const everybody = Array.from({ length: 20 }, (_, i): Move => [0, sync(i + 1, { claim: bitsAt(i) })]);
  const crowded = after(known(...placesIn(ALL_64)), ...everybody);
  expect(crowded.leases.length).toBe(20);
  expect(decide(crowded, sync(21, { claim: bitsAt(40) }), 1_000)).toEqual({
    stripe: crowded,
    granted: NO_BITS,
  });
  expect(decide(crowded, sync(7, { claim: bitsAt(40) }), 1_000).granted).toBe(bitsAt(40));
  // A place that has run out is a place again.
  expect(decide(crowded, sync(21, { claim: bitsAt(40) }), LEASE_MS).granted).toBe(bitsAt(40));
});

test('[S2] the largest stripe is stored in an item under 1 KB', async () => {
  const item = await storedItem({
    s: 156,
    rev: Number.MAX_SAFE_INTEGER,
    known: ALL_64,
    done: ALL_64,
    credits: Array.from({ length: 12 }, (_, i) => ({ device: 99_999 - i, parts: ALL_64 })),
    leases: Array.from({ length: 20 }, (_, i) => ({
      device: 99_999 - i,
      parts: ALL_64,
      untilMs: 9_999_999_999_999 - i,
    })),
  });
  const sizeBytes = Object.entries(item).reduce(
    (sum, [name, value]) => sum + name.length + dynamoBytes(value),
    0,
  );
  // Room has to stay for an attribute such as the item's time to live.
  expect(sizeBytes).toBeLessThan(1_024 - 64);
  expect(sizeBytes).toBeGreaterThan(700);
});

/** What functions/ puts into the table for this stripe. */
async function storedItem(stripe: Stripe): Promise<Item> {
  const items: Item[] = [];
  await makeStripes(tableThatPuts((item) => items.push(item))).save('a'.repeat(22), stripe);
  expect(items.length).toBe(1);
  return items[0] ?? {};
}

function tableThatPuts(put: (item: Item) => unknown, get: () => Item | undefined = () => undefined): Table {
  const never = () => Promise.reject(new Error('a stripe is only got and put'));
  return {
    get: async () => get(),
    put: async (item) => Boolean(put(item)),
    query: never,
    some: never,
    update: never,
    delete: never,
  };
}

/**
 * "DynamoDB item sizes and formats" in the developer guide: a number takes a byte for every two significant digits and
 * one more; a list 3 bytes and one for each element. Odd digits are rounded up, and a byte more is taken for safety.
 */
function dynamoBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 2;
  if (value instanceof Uint8Array) return value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + 1 + dynamoBytes(one), 3);
  throw new Error(`no stripe has a ${typeof value} in its item`);
}

test('[S3] the stripe that nobody has touched has nothing on it, at rev 0', () => {
  expect(emptyStripe(7)).toEqual({
    s: 7,
    rev: 0,
    known: NO_BITS,
    done: NO_BITS,
    credits: [],
    leases: [],
  });
});

test('[S3] a stripe that is not stored is read as the empty one', async () => {
  const stripes = makeStripes(tableThatPuts(() => false));
  expect(await stripes.load('a'.repeat(22), 7)).toEqual(emptyStripe(7));
});

test('[S3] claiming, releasing, renewing or reopening on the empty stripe leaves it unstored', () => {
  fc.assert(
    fc.property(anyBits, anyBits, anyBits, (claim, hedge, release) => {
      const empty = emptyStripe(3);
      expect(decide(empty, sync(ANNA, { claim, hedge, release }), 0)).toEqual({
        stripe: empty,
        granted: NO_BITS,
      });
      expect(decide(empty, sync(ANNA, { claim, hedge, release }), 0).stripe).toBe(empty);
      expect(decide(empty, { kind: 'reopen', parts: claim }, 0).stripe).toBe(empty);
    }),
  );
});

test('[S4] whatever the commands and their order, done tickets are unleased and none has three leases', () => {
  let hedged = 0;
  whateverHappens(({ after: next }) => {
    for (const place of placesIn(next.leases.reduce((bits, lease) => bits | lease.parts, NO_BITS))) {
      const holders = leasesOn(next, place);
      expect(next.done & bitsAt(place)).toBe(NO_BITS);
      expect(holders.length).toBeLessThanOrEqual(2);
      expect(new Set(holders).size).toBe(holders.length);
      if (holders.length === 2) hedged++;
    }
  });
  expect(hedged).toBeGreaterThan(10);
});

test('[S4] whatever happens, a device has one lease in a stripe at most, and never an empty one', () => {
  whateverHappens(({ after: next }) => {
    const holders = next.leases.map(({ device }) => device);
    expect(new Set(holders).size).toBe(holders.length);
    for (const { parts } of next.leases) expect(parts).not.toBe(NO_BITS);
  });
});

test('[M1] publishing a hash makes its ticket known, and publishing it again changes nothing', () => {
  fc.assert(
    fc.property(anyBits, anyBits, (first, second) => {
      const once = decide(emptyStripe(0), sync(ANNA, { publish: first }), 0).stripe;
      expect(once.known).toBe(first);
      expect(decide(once, sync(ANNA, { publish: first }), 5_000).stripe).toBe(once);
      expect(decide(once, sync(ANNA, { publish: second }), 5_000).stripe.known).toBe(first | second);
    }),
  );
});

test('[M2] whatever happens, a known ticket never becomes unknown', () => {
  whateverHappens(({ before, after: next }) => {
    expect(before.known & ~next.known).toBe(NO_BITS);
  });
});

test('[M3] whatever happens, only known tickets are leased or granted', () => {
  whateverHappens(({ after: next, granted }) => {
    const leased = next.leases.reduce((bits, lease) => bits | lease.parts, NO_BITS);
    expect((leased | granted) & ~next.known).toBe(NO_BITS);
  });
});

test('[M3] a ticket can be claimed in the very sync that publishes its hash', () => {
  const { granted } = decide(
    emptyStripe(0),
    sync(ANNA, { publish: bitsAt(0, 1), claim: bitsAt(0, 1, 2) }),
    0,
  );
  expect(granted).toBe(bitsAt(0, 1));
});

test('[D1] whatever is asked, no sync makes a done ticket undone', () => {
  whateverIsAsked(({ before, command, after: next }) => {
    expect(next.done).toBe(before.done | command.done);
  });
});

test('[D2] whatever the order and the repetitions, the same reports give the same bits', () => {
  const anyReports = fc.array(
    fc.record({ afterMs: fc.nat({ max: 30_000 }), device: fc.integer({ min: 1, max: 5 }), done: anyBits }),
    { minLength: 1, maxLength: 12 },
  );
  const anyCase = anyReports.chain((reports) => {
    const anyOrder = fc.shuffledSubarray([...reports], {
      minLength: reports.length,
      maxLength: reports.length,
    });
    return fc.record({
      inOrder: fc.constant(reports),
      shuffled: anyOrder,
      again: fc.array(fc.constantFrom(...reports), { maxLength: 12 }),
    });
  });
  const stepsOf = (reports: Array<{ afterMs: number; device: number; done: Bits }>): Step[] =>
    reports.map(({ afterMs, device, done }) => ({ afterMs, command: sync(device, { done, claim: ALL_64 }) }));
  fc.assert(
    fc.property(anyCase, ({ inOrder, shuffled, again }) => {
      const union = inOrder.reduce((bits, { done }) => bits | done, NO_BITS);
      for (const order of [inOrder, shuffled, [...again, ...shuffled], [...inOrder, ...again]]) {
        expect(play(stepsOf(order), known(3, 40)).at(-1)?.after.done).toBe(union);
      }
    }),
  );
});

test('[D2] a report that was heard already changes nothing', () => {
  const stripe = after(known(0, 1), [0, sync(ANNA, { done: bitsAt(0) })]);
  expect(decide(stripe, sync(ANNA, { done: bitsAt(0) }), 1_000).stripe).toBe(stripe);
  expect(decide(stripe, sync(BEN, { done: bitsAt(0) }), 1_000).stripe).toBe(stripe);
});

test('[D3] done is accepted from a device that has no lease, and from one whose lease somebody else has now', () => {
  const held = after(known(0, 1), [0, sync(ANNA, { claim: bitsAt(0) })]);
  expect(decide(held, sync(BEN, { done: bitsAt(0, 1) }), 1_000).stripe.done).toBe(bitsAt(0, 1));
  const lost = after(held, [LEASE_MS, sync(BEN, { claim: bitsAt(0) })]);
  expect(decide(lost, sync(ANNA, { done: bitsAt(0) }), LEASE_MS + 1).stripe.done).toBe(bitsAt(0));
});

test('[D3] done is accepted before the hash is known, for the finish looks into S3 anyway', () => {
  expect(decide(emptyStripe(0), sync(BEN, { done: bitsAt(9) }), 0).stripe).toMatchObject({
    rev: 1,
    known: NO_BITS,
    done: bitsAt(9),
  });
});

test('[D4] done ends both leases on a hedged ticket and leaves the rest of them', () => {
  const hedged = after(
    known(0, 1, 2),
    [0, sync(ANNA, { claim: bitsAt(0, 1) })],
    [0, sync(BEN, { claim: bitsAt(2), hedge: bitsAt(1) })],
  );
  expect(leasesOn(hedged, 1)).toEqual([ANNA, BEN]);
  const done = decide(hedged, sync(CLEO, { done: bitsAt(1) }), 1_000).stripe;
  expect(done.leases).toEqual([
    { device: ANNA, parts: bitsAt(0), untilMs: LEASE_MS },
    { device: BEN, parts: bitsAt(2), untilMs: LEASE_MS },
  ]);
});

test('[D4] the first device that reports a ticket has the credit, whoever reports it later', () => {
  const stripe = after(
    known(0, 1),
    [0, sync(ANNA, { claim: bitsAt(0) })],
    [0, sync(BEN, { done: bitsAt(0) })],
    [0, sync(ANNA, { done: bitsAt(0, 1) })],
  );
  expect(stripe.credits).toEqual([
    { device: BEN, parts: bitsAt(0) },
    { device: ANNA, parts: bitsAt(1) },
  ]);
});

test('[D4] whatever happens, every done ticket is credited exactly once, and to whoever was first', () => {
  whateverHappens(({ before, command, after: next }) => {
    const credited = next.credits.flatMap(({ parts }) => placesIn(parts));
    expect(credited.sort((a, b) => a - b)).toEqual(placesIn(next.done));
    if (command.kind !== 'sync') return;
    for (const { device, parts } of before.credits) {
      expect(next.credits.find((credit) => credit.device === device)?.parts ?? NO_BITS).toBe(
        device === command.device ? parts | (command.done & ~before.done) : parts,
      );
    }
  });
});

test('[D5] a stripe names eleven devices, and its twelfth credit is that of all the others', () => {
  const reports = Array.from({ length: 15 }, (_, i): Move => [0, sync(i + 1, { done: bitsAt(i) })]);
  const { credits } = after(known(0), ...reports);
  const named = Array.from({ length: 11 }, (_, i) => ({ device: i + 1, parts: bitsAt(i) }));
  expect(credits).toEqual([...named, { device: 0, parts: bitsAt(11, 12, 13, 14) }]);
});

test('[D5] a device that is named goes on being credited by name', () => {
  const reports = Array.from({ length: 15 }, (_, i): Move => [0, sync(i + 1, { done: bitsAt(i) })]);
  const { credits } = after(known(0), ...reports, [0, sync(4, { done: bitsAt(20) })]);
  expect(credits).toContainEqual({ device: 4, parts: bitsAt(3, 20) });
  expect(credits.length).toBe(12);
});

test('[D6] a reopened ticket that is known is free again, and nobody is credited with it', () => {
  const full = after(
    known(0, 1, 2),
    [0, sync(ANNA, { done: bitsAt(0) })],
    [0, sync(BEN, { done: bitsAt(1, 2) })],
  );
  const { stripe, granted } = decide(full, { kind: 'reopen', parts: bitsAt(0, 1) }, 1_000);
  expect(stripe).toEqual({
    s: 0,
    rev: full.rev + 1,
    known: bitsAt(0, 1, 2),
    done: bitsAt(2),
    credits: [{ device: BEN, parts: bitsAt(2) }],
    leases: [],
  });
  expect(granted).toBe(NO_BITS);
  expect(freeBits(stripe, 1_000)).toBe(bitsAt(0, 1));
  expect(decide(stripe, sync(CLEO, { claim: bitsAt(0) }), 1_000).granted).toBe(bitsAt(0));
});

test('[D6] whatever happened before, reopening frees the done tickets that it names and touches nothing else', () => {
  let reopened = 0;
  whateverHappens(({ before, command, after: next, nowMs }) => {
    if (command.kind !== 'reopen') return;
    expect(next.done).toBe(before.done & ~command.parts);
    expect(next.known).toBe(before.known);
    expect(next.leases).toEqual(before.leases);
    expect(freeBits(next, nowMs)).toBe(freeBits(before, nowMs) | (before.done & command.parts & next.known));
    if (next === before) expect(before.done & command.parts).toBe(NO_BITS);
    else reopened++;
  });
  expect(reopened).toBeGreaterThan(10);
});

test('[L1] a claim is granted for a free ticket, until the lease runs out', () => {
  const { stripe, granted } = decide(known(0, 1), sync(BEN, { claim: bitsAt(1) }), 5_000);
  expect(granted).toBe(bitsAt(1));
  expect(stripe.leases).toEqual([{ device: BEN, parts: bitsAt(1), untilMs: 25_000 }]);
  expect(heldBits(stripe, BEN, 24_999)).toBe(bitsAt(1));
  expect(leasedBits(stripe, 24_999)).toBe(bitsAt(1));
  expect(leasedBits(stripe, 25_000)).toBe(NO_BITS);
});

test('[L1] whatever happened before, every free ticket that is claimed is granted', () => {
  let grants = 0;
  whateverIsAsked((step) => {
    for (const { bit, isFree } of ticketsMetBy(step)) {
      if (!isFree || !((step.command.claim | step.command.hedge) & bit)) continue;
      expect(step.granted & bit).toBe(bit);
      grants++;
    }
  });
  expect(grants).toBeGreaterThan(100);
});

test('[L1] whatever is granted is on the board as a lease of the sender that has not run out', () => {
  whateverIsAsked(({ command, nowMs, after: next, granted }) => {
    expect(granted & ~heldBits(next, command.device, nowMs)).toBe(NO_BITS);
    expect(granted & ~(command.claim | command.hedge)).toBe(NO_BITS);
  });
});

test('[L2] whatever happened before, no claim is granted for a ticket that is done, unknown or leased to another', () => {
  let refusals = 0;
  whateverIsAsked((step) => {
    const { command, granted } = step;
    for (const { bit, isDone, isKnown, others, held } of ticketsMetBy(step)) {
      const isClaimed = (command.claim & ~command.hedge & bit) !== NO_BITS;
      if (!isClaimed || !(isDone || !isKnown || (others > 0 && !held))) continue;
      expect(granted & bit).toBe(NO_BITS);
      refusals++;
    }
  });
  expect(refusals).toBeGreaterThan(100);
});

test('[L2] of what one claim asks, what can be granted is, and the rest is left as it was', () => {
  const stripe = after(
    known(0, 1, 2),
    [0, sync(ANNA, { claim: bitsAt(0), done: bitsAt(1) })],
    [0, sync(BEN, { claim: bitsAt(0, 1, 2, 3) })],
  );
  expect(heldBits(stripe, ANNA, 0)).toBe(bitsAt(0));
  expect(heldBits(stripe, BEN, 0)).toBe(bitsAt(2));
});

test('[L3] a lease that has run out no longer defends its ticket, and not a moment earlier', () => {
  const held = after(known(0), [0, sync(ANNA, { claim: bitsAt(0) })]);
  expect(decide(held, sync(BEN, { claim: bitsAt(0) }), LEASE_MS - 1).granted).toBe(NO_BITS);
  const taken = decide(held, sync(BEN, { claim: bitsAt(0) }), LEASE_MS);
  expect(taken.granted).toBe(bitsAt(0));
  expect(taken.stripe.leases).toEqual([{ device: BEN, parts: bitsAt(0), untilMs: 2 * LEASE_MS }]);
});

test('[L3] a device that comes late has its ticket still if nobody took it, and not if somebody did', () => {
  const held = after(known(0, 1), [0, sync(ANNA, { claim: bitsAt(0, 1) })]);
  const late = decide(held, sync(ANNA), 3 * LEASE_MS).stripe;
  expect(late.leases).toEqual([{ device: ANNA, parts: bitsAt(0, 1), untilMs: 4 * LEASE_MS }]);

  const robbed = after(held, [LEASE_MS, sync(BEN, { claim: bitsAt(0) })]);
  const { stripe, granted } = decide(robbed, sync(ANNA, { claim: bitsAt(0) }), LEASE_MS + 1);
  expect(granted).toBe(NO_BITS);
  expect(leasesOn(stripe, 0)).toEqual([BEN]);
});

test('[L3] the tickets of a lease that has run out are free one by one', () => {
  // A stripe as two writers with different clocks may leave it: Anna's lease is over, Ben has one of its tickets.
  const stripe: Stripe = {
    ...known(0, 1, 2),
    leases: [
      { device: ANNA, parts: bitsAt(0, 1), untilMs: 10_000 },
      { device: BEN, parts: bitsAt(1, 2), untilMs: 30_000 },
    ],
  };
  const next = decide(stripe, sync(ANNA), 10_000).stripe;
  expect(heldBits(next, ANNA, 10_000)).toBe(bitsAt(0));
  expect(heldBits(next, BEN, 10_000)).toBe(bitsAt(1, 2));
});

test('[L4] claiming again what one holds is granted again and, so soon, changes nothing', () => {
  const first = decide(known(0, 1), sync(ANNA, { claim: bitsAt(0, 1) }), 0);
  const again = decide(first.stripe, sync(ANNA, { claim: bitsAt(0, 1) }), 500);
  expect(again.granted).toBe(first.granted);
  expect(again.stripe).toBe(first.stripe);
});

test('[L4] whatever happened before, a held ticket that is claimed again is granted, hedged ones too', () => {
  let grants = 0;
  whateverIsAsked((step) => {
    for (const { bit, isDone, held } of ticketsMetBy(step)) {
      if (!held || isDone || !(step.command.claim & bit)) continue;
      expect(step.granted & bit).toBe(bit);
      grants++;
    }
  });
  expect(grants).toBeGreaterThan(100);
});

test('[L5] a ticket of another is granted as a hedge only when the stripe has nothing free', () => {
  const held = after(known(0, 1), [0, sync(ANNA, { claim: bitsAt(0) })]);
  expect(decide(held, sync(BEN, { hedge: bitsAt(0) }), 0).granted).toBe(NO_BITS);
  // The last free ticket may be claimed in the same breath.
  expect(decide(held, sync(BEN, { claim: bitsAt(1), hedge: bitsAt(0) }), 0).granted).toBe(bitsAt(0, 1));
  const rest = after(held, [0, sync(CLEO, { done: bitsAt(1) })]);
  expect(decide(rest, sync(BEN, { claim: bitsAt(0) }), 0).granted).toBe(NO_BITS);
  const hedged = decide(rest, sync(BEN, { hedge: bitsAt(0) }), 0);
  expect(hedged.granted).toBe(bitsAt(0));
  expect(leasesOn(hedged.stripe, 0)).toEqual([ANNA, BEN]);
});

test('[L5] no ticket is granted a third time', () => {
  const twice = after(known(0), [0, sync(ANNA, { claim: bitsAt(0) })], [0, sync(BEN, { hedge: bitsAt(0) })]);
  const third = decide(twice, sync(CLEO, { hedge: bitsAt(0) }), 0);
  expect(third).toEqual({ stripe: twice, granted: NO_BITS });
  // Until one of the two has given up.
  const given = after(twice, [0, sync(ANNA, { release: bitsAt(0) })]);
  expect(decide(given, sync(CLEO, { hedge: bitsAt(0) }), 0).granted).toBe(bitsAt(0));
});

test('[L5] whatever happened before, exactly the tickets of one other device are granted as hedges, when none is free', () => {
  const seen = { hedged: 0, third: 0, tooEarly: 0 };
  whateverIsAsked((step) => {
    const { command, granted } = step;
    const tickets = ticketsMetBy(step);
    const asked = command.claim | command.hedge;
    // An own lease that has run out counts as held if the ticket was not taken: those are not left for others.
    const own = step.before.leases.find(({ device }) => device === command.device)?.parts ?? NO_BITS;
    const leftFree = tickets.some(
      ({ bit, isFree }) => isFree && !(asked & bit) && !(own & ~command.release & bit),
    );
    for (const { bit, isDone, isKnown, others, held } of tickets) {
      if (!(command.hedge & bit) || isDone || !isKnown || held || others === 0) continue;
      expect((granted & bit) !== NO_BITS).toBe(others === 1 && !leftFree);
      if (others === 2) seen.third++;
      else if (leftFree) seen.tooEarly++;
      else seen.hedged++;
    }
  });
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
});

test('[L11] who takes similar tickets has a free one of the stripe for each that another device has', () => {
  const held = after(known(0, 1, 2, 3), [0, sync(ANNA, { claim: bitsAt(0, 1) })]);
  expect(decide(held, sync(BEN, { claim: bitsAt(0, 1) }), 0).granted).toBe(NO_BITS);
  const similar = decide(held, sync(BEN, { claim: bitsAt(0, 1, 2), similar: true }), 0);
  // There is one for one of the two.
  expect(similar.granted).toBe(bitsAt(2, 3));
  // What was asked for by itself is not given in place of another.
  const more = after(known(0, 1, 2, 3), [0, sync(ANNA, { claim: bitsAt(0) })]);
  expect(decide(more, sync(BEN, { claim: bitsAt(0, 1), similar: true }), 0).granted).toBe(bitsAt(1, 2));
  // Who has them already is given them, and no others.
  expect(decide(held, sync(ANNA, { claim: bitsAt(0, 1), similar: true }), 0).granted).toBe(bitsAt(0, 1));
});

test('[L11] whatever happened before, it is a free ticket for one that is taken, and else as without', () => {
  let given = 0;
  whateverIsAsked((step) => {
    const { before, command, nowMs, granted } = step;
    const tickets = ticketsMetBy(step);
    const similar = decide(before, { ...command, hedge: NO_BITS, similar: true }, nowMs).granted;
    const exact = decide(before, { ...command, hedge: NO_BITS }, nowMs).granted;
    expect(similar & exact).toBe(exact);
    const others = tickets.filter(({ bit }) => similar & ~exact & bit);
    for (const { isFree, held } of others) expect(isFree || held).toBe(true);
    const taken = tickets.filter(
      ({ bit, isDone, isKnown, others: holders, held }) =>
        command.claim & bit && isKnown && !isDone && !held && holders > 0,
    );
    expect(others.length).toBeLessThanOrEqual(taken.length);
    if (granted !== NO_BITS) given += others.length;
  });
  expect(given).toBeGreaterThan(10);
});

test("[L6] releasing ends the sender's lease on a ticket and nobody else's", () => {
  const hedged = after(
    known(0, 1),
    [0, sync(ANNA, { claim: bitsAt(0, 1) })],
    [0, sync(BEN, { hedge: bitsAt(0) })],
  );
  const released = decide(hedged, sync(ANNA, { release: bitsAt(0) }), 0).stripe;
  expect(leasesOn(released, 0)).toEqual([BEN]);
  expect(leasesOn(released, 1)).toEqual([ANNA]);
  expect(decide(released, sync(CLEO, { release: ALL_64 }), 0).stripe).toBe(released);
});

test('[L6] whatever a device asks, the leases of the others lose nothing but done tickets', () => {
  whateverIsAsked(({ before, command, nowMs, after: next }) => {
    for (const lease of before.leases) {
      if (lease.device === command.device || !isLive(lease, nowMs)) continue;
      const parts = lease.parts & ~next.done;
      const expected = parts === NO_BITS ? [] : [{ ...lease, parts }];
      expect(next.leases.filter(({ device }) => device === lease.device)).toEqual(expected);
    }
  });
});

test('[L6] whatever is released is no longer held, unless it is claimed in the same sync', () => {
  whateverIsAsked(({ command, nowMs, after: next }) => {
    const given = command.release & ~(command.claim | command.hedge);
    expect(heldBits(next, command.device, nowMs) & given).toBe(NO_BITS);
  });
});

test("[L7] a sync that reports, publishes, gives back or claims renews all of its sender's lease there", () => {
  const held = after(known(0, 1, 2), [0, sync(ANNA, { claim: bitsAt(0, 1) })]);
  const asks: Array<Partial<SyncCommand>> = [
    { done: bitsAt(0) },
    { publish: bitsAt(3) },
    { release: bitsAt(0) },
    { claim: bitsAt(2) },
  ];
  for (const ask of asks) {
    expect(untilMsOf(decide(held, sync(ANNA, ask), 1_000).stripe, ANNA)).toBe(21_000);
  }
});

test('[L7] a sync with nothing else to say renews only once half of the lease has passed', () => {
  const held = after(known(0), [0, sync(ANNA, { claim: bitsAt(0) })]);
  for (const ask of [{}, { claim: bitsAt(0) }]) {
    expect(decide(held, sync(ANNA, ask), LEASE_MS / 2).stripe).toBe(held);
    const renewed = decide(held, sync(ANNA, ask), LEASE_MS / 2 + 1).stripe;
    expect(untilMsOf(renewed, ANNA)).toBe(LEASE_MS * 1.5 + 1);
    expect(renewed.rev).toBe(held.rev + 1);
  }
});

test("[L7] nobody else's lease is renewed, and one's own is never cut short", () => {
  whateverIsAsked(({ before, command, nowMs, after: next }) => {
    for (const { device, untilMs } of next.leases) {
      const beforeMs = untilMsOf(before, device);
      if (device !== command.device) expect(untilMs).toBe(beforeMs);
      else expect(untilMs).toBeGreaterThanOrEqual(Math.max(beforeMs ?? 0, nowMs + command.leaseMs / 2));
    }
  });
});

test('[L7] a sync that has the last ticket of its lease done leaves no lease behind', () => {
  const held = after(known(0, 1), [0, sync(ANNA, { claim: bitsAt(0) })]);
  expect(decide(held, sync(ANNA, { done: bitsAt(0) }), 0).stripe.leases).toEqual([]);
});

test('[F1] a stripe is full when all of its tickets are done, and the last stripe has fewer of them', () => {
  const geometry = geometryOf(66 * MIN_PART_BYTES);
  const stripe = (s: number, done: Bits): Stripe => ({ ...emptyStripe(s), done });
  expect(isFull(stripe(0, ALL_64), allBits(geometry, 0))).toBe(true);
  expect(isFull(stripe(0, ALL_64 ^ bitsAt(63)), allBits(geometry, 0))).toBe(false);
  expect(isFull(stripe(1, bitsAt(0, 1)), allBits(geometry, 1))).toBe(true);
  expect(isFull(stripe(1, bitsAt(1)), allBits(geometry, 1))).toBe(false);
});

test('[F1] whatever happens, a stripe is full exactly when each of its tickets was reported and not reopened', () => {
  const all = bitsAt(0, 31);
  let full = 0;
  fc.assert(
    fc.property(anySteps(), (history) => {
      const reported = new Set<number>();
      for (const { command, after: next } of play(history)) {
        if (command.kind === 'sync') for (const place of placesIn(command.done)) reported.add(place);
        else for (const place of placesIn(command.parts)) reported.delete(place);
        const isWhole = [0, 31].every((place) => reported.has(place));
        expect(isFull(next, all)).toBe(isWhole);
        if (isWhole) full++;
      }
    }),
  );
  expect(full).toBeGreaterThan(0);
});

test('[S1] whatever was asked, asking the very same again at once changes nothing and grants the same', () => {
  whateverIsAsked(({ command, nowMs, after: next, granted }) => {
    const again: Decision = decide(next, command, nowMs);
    // A release and a claim of the same ticket take turns, and so may a hedge that was refused for a free ticket.
    if (command.release & (command.claim | command.hedge)) return;
    expect(granted & ~again.granted & ~next.done).toBe(NO_BITS);
    expect(again.stripe.done).toBe(next.done);
    expect(again.stripe.known).toBe(next.known);
    if (again.granted === granted) expect(again.stripe).toBe(next);
  });
});
