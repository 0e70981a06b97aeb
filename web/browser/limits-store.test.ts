import { expect, test } from 'vitest';
import { type BudgetStore, makeBudget } from '../engine/budget.ts';
import { makeVirtualClock, type VirtualClock } from '../engine/testing/virtual-clock.ts';
import { makeLimitsStore } from './limits-store.ts';

const EPOCH_MS = 1_800_000_000_000;
const PAGE = { id: 'alone', nowMs: () => EPOCH_MS };

/** One browser's storage, and tabs that hear of each other's changes `heardAfterMs` later. */
function browser({ heardAfterMs = 0 } = {}) {
  const clock = makeVirtualClock();
  const tabs: Array<{ items: Map<string, string>; wroteAt: number; changed(): void }> = [];
  const items = new Map<string, string>();
  let writes = 0;
  /** `skewMs`: what the device's clock has been set by. */
  const open = (skewMs = 0) => {
    const tab = { items: new Map(items), wroteAt: 0, changed: () => {} };
    tabs.push(tab);
    const storage = {
      getItem: (key: string) => tab.items.get(key) ?? null,
      setItem(key: string, value: string) {
        items.set(key, value);
        tab.items.set(key, value);
        tab.wroteAt = ++writes;
        const at = writes;
        // Whoever writes later, before it has heard of this, undoes it.
        const hear = (other: typeof tab) => {
          if (other.wroteAt > at) return;
          other.items.set(key, value);
          other.changed();
        };
        for (const other of tabs) {
          if (other === tab) continue;
          if (heardAfterMs === 0) hear(other);
          else clock.after(heardAfterMs, () => hear(other));
        }
      },
    };
    const page = { id: String(tabs.length), nowMs: () => EPOCH_MS + clock.nowMs() + skewMs };
    return makeLimitsStore(storage, page, (changed) => {
      tab.changed = changed;
    });
  };
  return { clock, items, open };
}

test('limits and what was spent are there after a reload', () => {
  const { open } = browser();
  const before = open();
  before.setLimits({ rateBps: 1_000, allowanceBytes: 5_000 });
  before.spend(1_500, 0);
  expect(open().load()).toEqual({ rateBps: 1_000, allowanceBytes: 5_000, spentBytes: 1_500 });
});

test('two tabs count together, and a new allowance counts anew in both', () => {
  const { open } = browser();
  const [one, other] = [open(), open()];
  one.setLimits({ rateBps: undefined, allowanceBytes: 5_000 });
  one.spend(1_000, 0);
  other.spend(2_000, 0);
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
  const alone = makeLimitsStore(undefined, PAGE, () => {});
  alone.setLimits({ rateBps: 7, allowanceBytes: 8 });
  alone.spend(3, 0);
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
    PAGE,
    () => {},
  );
  store.spend(1_000, 0);
  store.spend(2_000, 0);
  expect(store.load().spentBytes).toBe(3_000);
});

test('two tabs that write at the same moment both count', async () => {
  const { clock, open } = browser({ heardAfterMs: 5 });
  const [one, other] = [open(), open()];
  one.setLimits({ rateBps: undefined, allowanceBytes: 9_000 });
  await clock.pass(10);
  for (let i = 0; i < 3; i++) {
    one.spend(1_000, 0);
    other.spend(500, 0);
    await clock.pass(1);
  }
  await clock.pass(100);
  expect([one, other, open()].map((store) => store.load().spentBytes)).toEqual([4_500, 4_500, 4_500]);
});

test('what was sent by tabs that are long gone counts, and is not kept apart for ever', async () => {
  const { clock, items, open } = browser();
  open().setLimits({ rateBps: undefined, allowanceBytes: 9_000 });
  for (let tab = 0; tab < 5; tab++) open().spend(1_000, 0);
  const asleep = open();
  asleep.spend(1_000, 0);
  await clock.pass(25 * 3_600_000);
  const late = open();
  late.spend(500, 0);
  expect(JSON.parse(items.get('tributary.limits') ?? '').shares).toHaveLength(1);
  asleep.spend(1_000, 0);
  expect([late.load().spentBytes, asleep.load().spentBytes]).toEqual([7_500, 7_500]);
});

const RATE_BPS = 1_000;
const PART_BYTES = 5_000;

/** Sends parts one after the other, each on a line that takes it in `putMs`, until the time is over. */
function send(clock: VirtualClock, store: BudgetStore, untilMs: number, sent: (bytes: number) => void) {
  const budget = makeBudget(clock, store);
  const next = () => {
    if (clock.nowMs() >= untilMs) return;
    const waitMs = budget.nextAtMs() - clock.nowMs();
    if (waitMs > 0) return void clock.after(waitMs, next);
    const departure = budget.begin(PART_BYTES, () => {});
    clock.after(200, () => {
      sent(PART_BYTES);
      departure.end(PART_BYTES);
      next();
    });
  };
  next();
}

test.each([0, 5])(
  'two tabs send no faster together than one, and hardly slower, though they hear of each other %d ms late',
  async (heardAfterMs) => {
    const { clock, open } = browser({ heardAfterMs });
    open().setLimits({ rateBps: RATE_BPS, allowanceBytes: undefined });
    await clock.pass(100);
    let [one, other] = [0, 0];
    send(clock, open(), 300_000, (bytes) => (one += bytes));
    send(clock, open(), 300_000, (bytes) => (other += bytes));
    await clock.pass(300_000);
    expect(one + other).toBeLessThanOrEqual(300 * RATE_BPS + 2 * PART_BYTES);
    expect(one + other).toBeGreaterThan(0.9 * 300 * RATE_BPS);
    expect(Math.min(one, other)).toBeGreaterThan(0.4 * 300 * RATE_BPS);
  },
);

test('a tab that is alone again has all of the speed', async () => {
  const { clock, open } = browser();
  open().setLimits({ rateBps: RATE_BPS, allowanceBytes: undefined });
  let [one, other] = [0, 0];
  send(clock, open(), 60_000, (bytes) => (one += bytes));
  send(clock, open(), 20_000, (bytes) => (other += bytes));
  await clock.pass(60_000);
  expect(one).toBeGreaterThanOrEqual(40_000);
  expect(other).toBeLessThanOrEqual(15_000);
});

test('a page that is loaded again waits until what it had begun has had its time, and has all of the speed then', () => {
  const { clock, open } = browser();
  const before = open();
  before.setLimits({ rateBps: RATE_BPS, allowanceBytes: undefined });
  makeBudget(clock, before).begin(PART_BYTES, () => {});
  const after = makeBudget(clock, open());
  expect(after.nextAtMs()).toBe(5_000);
});

test.each([-3_600_000, 3_600_000])('a clock that is set by %d ms meanwhile holds nobody up', (skewMs) => {
  const { clock, open } = browser();
  const before = open();
  before.setLimits({ rateBps: RATE_BPS, allowanceBytes: undefined });
  makeBudget(clock, before).begin(PART_BYTES, () => {});
  const after = makeBudget(clock, open(skewMs));
  expect(after.nextAtMs()).toBeLessThanOrEqual(0);
  after.begin(PART_BYTES, () => {});
  expect(after.nextAtMs()).toBe(5_000);
});
