import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Departure,
  type LineLimits,
  makeBudget,
  makeBudgetStore,
  NO_LIMITS,
  withBudget,
} from './budget.ts';
import { makeVirtualClock } from './testing/virtual-clock.ts';
import { makeVirtualFile } from './testing/virtual-file.ts';

const MIB = 1_048_576;
const PART = 5 * MIB;

const noAbort = () => {
  throw new Error('expected everything on its way to be allowed');
};

function budgetOf(limits: Partial<LineLimits>) {
  const clock = makeVirtualClock();
  return { clock, budget: makeBudget(clock, makeBudgetStore({ ...NO_LIMITS, ...limits })) };
}

describe('the data allowance', () => {
  test('is never exceeded by a byte, whatever fails, whatever is on its way and whoever goes away without a word', () => {
    const part = fc.record({
      sizeBytes: fc.integer({ min: 1, max: PART }),
      sentShare: fc.double({ min: 0, max: 1, noNaN: true }),
      goesAway: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20 * PART }),
        fc.array(part),
        fc.integer({ min: 1, max: 6 }),
        (allowanceBytes, parts, atOnce) => {
          const store = makeBudgetStore({ ...NO_LIMITS, allowanceBytes });
          const start = () => makeBudget(makeVirtualClock(), store);
          let budget = start();
          const flying: Array<(typeof parts)[number] & { departure: Departure }> = [];
          let [leftBytes, lostBytes] = [0, 0];
          const land = () => {
            const one = flying.shift();
            if (!one) return;
            const sentBytes = Math.floor(one.sizeBytes * one.sentShare);
            leftBytes += sentBytes;
            one.departure.end(sentBytes);
          };
          for (const one of parts) {
            if (one.goesAway) {
              for (const { sizeBytes } of flying.splice(0)) lostBytes += sizeBytes;
              budget = start();
            }
            if (flying.length >= atOnce) land();
            if (budget.room(one.sizeBytes) < 1) continue;
            flying.push({ ...one, departure: budget.begin(one.sizeBytes, noAbort) });
          }
          const worstBytes =
            leftBytes + lostBytes + flying.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
          expect(worstBytes).toBeLessThanOrEqual(allowanceBytes);
          while (flying.length > 0) land();
          expect(budget.spentBytes()).toBe(leftBytes + lostBytes);
        },
      ),
    );
  });

  test('counts anew when another one is set, and goes on counting when only the speed changes', () => {
    const { budget } = budgetOf({ allowanceBytes: 2 * PART });
    budget.begin(PART, noAbort).end(PART);
    expect(budget.room(PART)).toBe(1);
    budget.setLimits({ rateBps: MIB, allowanceBytes: 2 * PART });
    expect(budget.room(PART)).toBe(1);
    budget.setLimits({ rateBps: MIB, allowanceBytes: 3 * PART });
    expect(budget.room(PART)).toBe(3);
  });

  test('counts what leaves after it was set: of the parts on their way, those that left last and no longer fit are called back', () => {
    const { budget } = budgetOf({});
    const calledBack: string[] = [];
    const [first, second, third, fourth] = ['first', 'second', 'third', 'fourth'].map((name) =>
      budget.begin(PART, () => calledBack.push(name)),
    );
    first?.sent(4 * MIB);
    fourth?.sent(PART);
    budget.setLimits({ rateBps: undefined, allowanceBytes: 6 * MIB });
    // 1 MiB of the first is left to send, nothing of the fourth, and all of the second fits besides.
    expect(calledBack).toEqual(['third']);
    budget.setLimits({ rateBps: MIB, allowanceBytes: 6 * MIB });
    expect(calledBack).toEqual(['third']);
    third?.end(0);
    first?.end(PART);
    second?.end(PART);
    fourth?.end(PART);
    expect(budget.spentBytes()).toBe(6 * MIB);
  });

  test('what is on its way is shown with what has left of it, and counts whole for whoever comes after a crash', () => {
    const store = makeBudgetStore({ ...NO_LIMITS, allowanceBytes: 3 * PART });
    const budget = makeBudget(makeVirtualClock(), store);
    budget.begin(PART, noAbort).sent(MIB);
    budget.begin(PART, noAbort).end(2 * MIB);
    expect(budget.spentBytes()).toBe(3 * MIB);
    const next = makeBudget(makeVirtualClock(), store);
    expect(next.spentBytes()).toBe(7 * MIB);
    expect([next.room(8 * MIB), next.room(8 * MIB + 1)]).toEqual([1, 0]);
  });

  test('an empty part costs nothing', () => {
    expect(budgetOf({ allowanceBytes: 0 }).budget.room(0)).toBe(1);
  });
});

describe('the speed limit', () => {
  test('over any while no more parts begin than it allows', async () => {
    const { clock, budget } = budgetOf({ rateBps: MIB });
    const begunAtMs: number[] = [];
    while (clock.nowMs() < 60_000) {
      await clock.pass(Math.max(0, budget.nextAtMs() - clock.nowMs()));
      begunAtMs.push(clock.nowMs());
      const departure = budget.begin(PART, noAbort);
      await clock.pass(200);
      departure.end(PART);
    }
    for (const [i, atMs] of begunAtMs.slice(1).entries()) {
      expect(atMs - (begunAtMs[i] ?? 0)).toBe(5_000);
    }
  });

  test('time that was not used is not made up for, and what did not leave is given back', async () => {
    const { clock, budget } = budgetOf({ rateBps: MIB });
    await clock.pass(60_000);
    const departure = budget.begin(PART, noAbort);
    expect(budget.nextAtMs()).toBe(65_000);
    departure.end(MIB);
    expect(budget.nextAtMs()).toBe(61_000);
  });

  test('one part at once is enough for a slow one, several for a fast one', () => {
    expect(budgetOf({ rateBps: 100_000 }).budget.atOnce(PART)).toBe(1);
    expect(budgetOf({ rateBps: 20 * MIB }).budget.atOnce(PART)).toBe(8);
    expect(budgetOf({}).budget.atOnce(PART)).toBe(Number.POSITIVE_INFINITY);
  });

  test('holds back whoever is through sooner than it allows, and nobody whose line is slower', async () => {
    for (const [putMs, holds] of [
      [500, true],
      [7_000, false],
    ] as const) {
      const { clock, budget } = budgetOf({ rateBps: MIB });
      for (let part = 0; part < 5; part++) {
        await clock.pass(Math.max(0, budget.nextAtMs() - clock.nowMs()) + 50);
        const departure = budget.begin(PART, noAbort);
        if (part > 0) expect(budget.holdsBack()).toBe(holds);
        await clock.pass(putMs);
        departure.end(PART);
        expect(budget.holdsBack()).toBe(holds);
      }
      expect(budget.rateBps()).toBe(MIB);
    }
    expect(budgetOf({}).budget.holdsBack()).toBe(false);
  });

  test('a new one counts at once', () => {
    const { budget } = budgetOf({ rateBps: 1_000 });
    budget.begin(PART, noAbort);
    let told = 0;
    budget.onChange(() => told++);
    budget.setLimits(NO_LIMITS);
    expect(told).toBe(1);
    expect(budget.nextAtMs()).toBe(Number.NEGATIVE_INFINITY);
  });
});

test('a put that failed counts with what had left of it, a stored one with all of it', async () => {
  const { clock, budget } = budgetOf({});
  const file = makeVirtualFile(clock, { sizeBytes: 2 * PART });
  file.putFails = (part) => (part === 2 ? { state: 'failed', reason: 'network' } : undefined);
  const counted = withBudget(file, budget);
  const request = { url: 'http://store.test/', headers: { 'x-amz-checksum-sha256': await hashOf(1) } };
  async function hashOf(part: number) {
    const hashing = file.hash({ startByte: (part - 1) * PART, endByte: part * PART });
    await clock.pass(10);
    const outcome = await hashing.result;
    return outcome.state === 'hashed' ? outcome.sha256 : '';
  }
  void counted.put({ startByte: 0, endByte: PART }, request, () => {});
  await clock.pass(2_000);
  expect(budget.spentBytes()).toBe(PART);
  void counted.put({ startByte: PART, endByte: 2 * PART }, request, () => {});
  await clock.pass(2_000);
  expect(budget.spentBytes()).toBe(PART + 0.75 * PART);
});

test('nothing leaves before it is kept that it may, and nothing at all if it is called back until then', async () => {
  const clock = makeVirtualClock();
  const kept: Array<() => void> = [];
  const store = makeBudgetStore({ ...NO_LIMITS, allowanceBytes: 3 * PART });
  const budget = makeBudget(clock, {
    ...store,
    spend(bytes, busyMs) {
      store.spend(bytes, busyMs);
      return bytes > 0 ? new Promise((resolve) => kept.push(resolve)) : undefined;
    },
  });
  const file = makeVirtualFile(clock, { sizeBytes: 2 * PART });
  const counted = withBudget(file, budget);
  const request = { url: 'http://store.test/', headers: {} };
  const put = (part: number) =>
    counted.put({ startByte: (part - 1) * PART, endByte: part * PART }, request, () => {});
  void put(1);
  const second = put(2);
  await clock.pass(5_000);
  expect([file.puts.length, budget.room(PART)]).toEqual([0, 1]);
  second.abort();
  for (const resolve of kept) resolve();
  expect(await second.result).toEqual({ state: 'aborted' });
  await clock.pass(100);
  expect([file.puts.map(({ part }) => part), budget.room(PART)]).toEqual([[1], 2]);
});
