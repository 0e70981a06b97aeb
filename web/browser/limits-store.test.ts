import { expect, test } from 'vitest';
import { makeBudget } from '../engine/budget.ts';
import { makeVirtualClock } from '../engine/testing/virtual-clock.ts';
import { makeLimitsStore } from './limits-store.ts';

/** One browser's storage, and tabs that hear of each other's changes. */
function browser() {
  const items = new Map<string, string>();
  const heard: Array<() => void> = [];
  const open = () => {
    let own = () => {};
    const storage = {
      getItem: (key: string) => items.get(key) ?? null,
      setItem(key: string, value: string) {
        items.set(key, value);
        for (const changed of heard) if (changed !== own) changed();
      },
    };
    return makeLimitsStore(storage, (changed) => {
      own = changed;
      heard.push(changed);
    });
  };
  return { items, open };
}

test('limits and what was spent are there after a reload', () => {
  const { open } = browser();
  const before = open();
  before.setLimits({ rateBps: 1_000, allowanceBytes: 5_000 });
  before.spend(1_500);
  expect(open().load()).toEqual({ rateBps: 1_000, allowanceBytes: 5_000, spentBytes: 1_500 });
});

test('two tabs count together, and a new allowance counts anew in both', () => {
  const { open } = browser();
  const [one, other] = [open(), open()];
  one.setLimits({ rateBps: undefined, allowanceBytes: 5_000 });
  one.spend(1_000);
  other.spend(2_000);
  expect(one.load().spentBytes).toBe(3_000);
  other.setLimits({ rateBps: undefined, allowanceBytes: 9_000 });
  expect(one.load()).toEqual({ rateBps: undefined, allowanceBytes: 9_000, spentBytes: 0 });
});

test('whoever waits in one tab hears of what is set in another one', () => {
  const { open } = browser();
  const [here, elsewhere] = [makeBudget(makeVirtualClock(), open()), open()];
  here.setLimits({ rateBps: undefined, allowanceBytes: 5_000 });
  here.begin(5_000, () => {}).end(5_000);
  expect(here.room(1_000)).toBe(0);
  const rooms: number[] = [];
  here.onChange(() => rooms.push(here.room(1_000)));
  elsewhere.setLimits({ rateBps: undefined, allowanceBytes: undefined });
  expect(rooms).toEqual([Number.POSITIVE_INFINITY]);
});

test('what is stored there and no limits is none, and a browser that keeps nothing keeps them for the page', () => {
  const { items, open } = browser();
  items.set('tributary.limits', '{"spentBytes":"much"}');
  expect(open().load()).toEqual({ rateBps: undefined, allowanceBytes: undefined, spentBytes: 0 });
  const alone = makeLimitsStore(undefined, () => {});
  alone.setLimits({ rateBps: 7, allowanceBytes: 8 });
  alone.spend(3);
  expect(alone.load()).toEqual({ rateBps: 7, allowanceBytes: 8, spentBytes: 3 });
});

test('what a tab that was closed had on its way counts, and only what has left of what ended', () => {
  const { open } = browser();
  const [clock, none] = [makeVirtualClock(), () => {}];
  const here = makeBudget(clock, open());
  here.setLimits({ rateBps: undefined, allowanceBytes: 20_000 });
  here.begin(5_000, none).sent(1_000);
  here.begin(5_000, none).end(2_000);
  const after = makeBudget(clock, open());
  expect([after.spentBytes(), after.room(1)]).toEqual([7_000, 13_000]);
});

test('two tabs with parts on their way: a new allowance counts what leaves from now on, in both', () => {
  const { open } = browser();
  const clock = makeVirtualClock();
  const [one, other] = [makeBudget(clock, open()), makeBudget(clock, open())];
  one.setLimits({ rateBps: undefined, allowanceBytes: 20_000 });
  const [first, second] = [one.begin(5_000, () => {}), other.begin(5_000, () => {})];
  first.sent(1_000);
  second.sent(2_000);
  other.setLimits({ rateBps: undefined, allowanceBytes: 30_000 });
  expect(one.room(1)).toBe(30_000 - 4_000 - 3_000);
  first.end(5_000);
  second.end(3_000);
  expect([one.spentBytes(), other.spentBytes()]).toEqual([5_000, 5_000]);
});

test('a storage that takes no more keeps no page from counting', () => {
  const store = makeLimitsStore(
    {
      getItem: () => '{"allowanceBytes":9000,"spentBytes":0}',
      setItem() {
        throw new Error('full');
      },
    },
    () => {},
  );
  store.spend(1_000);
  store.spend(2_000);
  expect(store.load().spentBytes).toBe(3_000);
});
