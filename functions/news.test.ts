import { expect, test } from 'vitest';
import { partsOf } from '../protocol/board/bits.ts';
import { decodeDown } from '../protocol/codec.ts';
import type { Down } from '../protocol/down.ts';
import type { Granted } from '../protocol/messages/sync.ts';
import { makeBigBoard } from '../test/support/big-board.ts';
import { syncOf } from '../test/support/client.ts';
import { makeManualClock } from '../test/support/finish-scene.ts';
import { NOW_MS } from '../test/support/half-way.ts';
import { DEVICES_TOLD_AT_ONCE, HURRIED_NEWS_MS, NEWS_MS, newsMsFor } from './news.ts';
import { OPEN_RULES } from './rules.ts';
import { onFrame } from './socket/dispatch.ts';

/** A board half way, whose devices hear what is told; time passes when the test says so. */
async function scene(devices: number) {
  const told = new Map<string, Down[]>();
  const time = makeManualClock();
  const board = await makeBigBoard({
    parts: 640,
    devices,
    sockets: {
      async post(connection, frame) {
        const decoded = decodeDown(frame);
        if (!decoded.ok) throw new Error(`expected a message; got ${frame}`);
        told.set(connection, [...(told.get(connection) ?? []), decoded.message]);
        return 'sent';
      },
      async close() {},
      async isThere() {
        return true;
      },
    },
  });
  let skippedMs = NOW_MS;
  const clock = { ...time, nowMs: () => skippedMs + time.nowMs() };
  /** Time that passes without waking anybody. */
  const skip = (ms: number) => {
    skippedMs += ms;
  };
  const ports = { ...board.ports, clock };
  let id = 0;
  /** Reports what the device holds in a stripe. Resolves when the function has ended. */
  const report = (device: number, more: { hurry?: boolean; again?: boolean } = {}) => {
    const stripe = board.stripes.find(({ leases }) => leases.some((lease) => lease.device === device));
    const lease = stripe?.leases.find((one) => one.device === device);
    if (!stripe || !lease) throw new Error(`expected device ${device} to hold tickets`);
    const done = partsOf(stripe.s, lease.parts).slice(0, 1);
    const frame = JSON.stringify({
      id: ++id,
      ...syncOf(board.meta.upload, { done, rateBps: 7 * device }),
      ...more,
    });
    const connection = board.connectionOf(device);
    const context = { ports, connection, host: 'local', sourceIp: '', rules: OPEN_RULES };
    const answer = onFrame(context, frame);
    return { s: stripe.s, done, answer };
  };
  const heard = (device: number, type: Down['type']) =>
    (told.get(board.connectionOf(device)) ?? []).filter((message) => message.type === type);
  const news = (device: number) =>
    heard(device, 'stripes').flatMap((message) => (message.type === 'stripes' ? [message] : []));
  const holders = [...new Set(board.stripes.flatMap(({ leases }) => leases.map(({ device }) => device)))];
  return { ...board, clock: time, skip, report, heard, news, holders };
}

/** Until all that waits for nothing but its turn has had it. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test('at up to six devices each change is told at once, and answered as ever', async () => {
  const { report, news, holders } = await scene(DEVICES_TOLD_AT_ONCE);
  const [one = 0] = holders;
  expect(await report(one).answer).toContain('"type":"granted"');
  for (const other of [1, 2, 3, 4, 5, 6].filter((device) => device !== one))
    expect(news(other)).toHaveLength(1);
  expect(news(one)).toEqual([]);
});

test('beyond, the changes of half a second are told together, to each device in one message', async () => {
  const { report, heard, news, holders, clock } = await scene(12);
  const [first = 0, second = 0, third = 0] = holders;
  const leading = report(first);
  await settle();
  // Whoever tells has the answer before.
  expect(heard(first, 'granted')).toHaveLength(1);
  const others = [];
  for (const device of [second, third]) {
    const other = report(device);
    expect(await other.answer).toContain('"type":"granted"');
    others.push(other);
  }
  for (let device = 1; device <= 12; device++) expect(news(device)).toEqual([]);

  clock.advance(NEWS_MS);
  expect(await leading.answer).toBeUndefined();
  const stripes = [...new Set([leading.s, ...others.map(({ s }) => s)])].sort((a, b) => a - b);
  for (let device = 1; device <= 12; device++) {
    const [message, ...more] = news(device);
    expect(more).toEqual([]);
    expect(message?.stripes.map(({ s }) => s).sort((a, b) => a - b)).toEqual(stripes);
    expect(new Map(message?.rates)).toEqual(
      new Map([first, second, third].map((holder) => [holder, 7 * holder])),
    );
  }
  const granted = heard(first, 'granted')[0] as Granted;
  const mine = news(5)[0]?.stripes.find(({ s }) => s === leading.s);
  expect(BigInt(`0x${mine?.done}`) & BigInt(`0x${granted.stripes[0]?.done}`)).toBe(
    BigInt(`0x${granted.stripes[0]?.done}`),
  );
});

test('on a board of more than a hundred devices each is told more seldom, unless tickets are few', () => {
  expect([7, 50, 100, 200, 400].map((devices) => newsMsFor(devices, false))).toEqual([
    500, 500, 500, 1_000, 1_500,
  ]);
  expect(newsMsFor(400, true)).toBe(HURRIED_NEWS_MS);
});

test('where tickets are few, they are told after a tenth of a second', async () => {
  const { report, news, holders, clock } = await scene(12);
  const [first = 0] = holders;
  const leading = report(first, { hurry: true });
  await settle();
  clock.advance(HURRIED_NEWS_MS - 1);
  await settle();
  expect(news(7)).toEqual([]);
  clock.advance(1);
  await leading.answer;
  expect(news(7)).toHaveLength(1);
});

test.for([[DEVICES_TOLD_AT_ONCE], [12]])(
  '[R4] at %i devices what is said again is told to the others though nothing changes, and else it is not',
  async ([devices = 0]) => {
    const { report, news, holders, clock } = await scene(devices);
    const [first = 0] = holders;
    const other = first === 3 ? 4 : 3;
    const say = async (more?: { again: boolean }) => {
      const { answer } = report(first, more);
      await settle();
      clock.advance(NEWS_MS);
      await answer;
      return news(other).length;
    };
    expect(await say()).toBe(1);
    expect(await say()).toBe(1);
    expect(await say({ again: true })).toBe(2);
    expect(news(other)[1]?.stripes).toEqual(news(other)[0]?.stripes);
  },
);

test('what a device noted whose function died before telling is told by the next', async () => {
  const { report, news, holders, clock, skip } = await scene(12);
  const [first = 0, second = 0, third = 0] = holders;
  // It sleeps on: time passes, and nobody wakes it.
  const dead = report(first);
  await settle();
  expect(await report(second).answer).toContain('"type":"granted"');
  skip(60_000);
  const heir = report(third);
  await settle();
  clock.advance(NEWS_MS);
  // The dead one, were it only late, finds that its turn is over.
  await Promise.all([heir.answer, dead.answer]);
  expect(news(7)).toHaveLength(1);
  const stripes = new Set(news(7).flatMap((message) => message.stripes.map(({ s }) => s)));
  expect(stripes).toContain(dead.s);
  expect(stripes).toContain(heir.s);
  expect(new Map(news(7)[0]?.rates).size).toBe(3);
});
