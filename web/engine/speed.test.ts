import { expect, test } from 'vitest';
import { makeSpeed } from './speed.ts';
import { makeVirtualClock } from './testing/virtual-clock.ts';

/** Sends so many bytes every 100 ms for so long. */
async function send(
  clock: ReturnType<typeof makeVirtualClock>,
  speed: ReturnType<typeof makeSpeed>,
  bytes: number,
  ms: number,
) {
  for (let i = 0; i < ms / 100; i++) {
    await clock.pass(100);
    speed.sent(bytes);
  }
}

test('nothing is measured before half a second of sending, or the first part', async () => {
  const clock = makeVirtualClock();
  const speed = makeSpeed(clock);
  speed.flying(1);
  await send(clock, speed, 1_000, 400);
  expect(speed.rateBps()).toBeUndefined();
  await send(clock, speed, 1_000, 100);
  expect(speed.rateBps()).toBe(10_000);
  const quick = makeSpeed(clock);
  quick.flying(1);
  quick.sent(5_000);
  quick.landed();
  expect(quick.rateBps()).toBe(10_000);
});

test('a steady line is measured as it is from the first second on', async () => {
  const clock = makeVirtualClock();
  const speed = makeSpeed(clock);
  speed.flying(2);
  for (let second = 1; second <= 20; second++) {
    await send(clock, speed, 1_000, 1_000);
    expect(speed.rateBps()).toBeGreaterThan(9_500);
    expect(speed.rateBps()).toBeLessThan(10_500);
  }
});

test('time without anything on its way is no time: an idle device is not a slow one', async () => {
  const clock = makeVirtualClock();
  const speed = makeSpeed(clock);
  speed.flying(1);
  await send(clock, speed, 1_000, 5_000);
  speed.flying(0);
  await clock.pass(600_000);
  expect(speed.rateBps()).toBeCloseTo(10_000, -3);
  speed.flying(1);
  await send(clock, speed, 1_000, 1_000);
  expect(speed.rateBps()).toBeCloseTo(10_000, -3);
});

test('a line that stalls is slow, and nothing after 8 s', async () => {
  const clock = makeVirtualClock();
  const speed = makeSpeed(clock);
  speed.flying(1);
  await send(clock, speed, 1_000, 8_000);
  await clock.pass(4_000);
  expect(speed.rateBps()).toBeCloseTo(5_000, -3);
  await clock.pass(4_250);
  expect(speed.rateBps()).toBe(0);
});
