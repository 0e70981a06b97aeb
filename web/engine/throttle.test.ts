import { expect, test } from 'vitest';
import { makeVirtualClock } from './testing/virtual-clock.ts';
import { makeThrottle } from './throttle.ts';

test('nothing is held back until the store asks for it', () => {
  const throttle = makeThrottle(makeVirtualClock());
  for (let i = 0; i < 100; i++) throttle.stored();
  expect(throttle.limit()).toBe(Number.POSITIVE_INFINITY);
});

test('asked to slow down, half as many fly, and one is always left', async () => {
  const clock = makeVirtualClock();
  const throttle = makeThrottle(clock);
  const limits: number[] = [];
  for (const inFlight of [6, 3, 1, 1]) {
    throttle.slowDown(inFlight);
    limits.push(throttle.limit());
    await clock.pass(1_000);
  }
  expect(limits).toEqual([3, 1, 1, 1]);
});

test('what was in flight together is refused together, and counts once', async () => {
  const clock = makeVirtualClock();
  const throttle = makeThrottle(clock);
  for (const inFlight of [8, 7, 6]) throttle.slowDown(inFlight);
  expect(throttle.limit()).toBe(4);
  await clock.pass(1_000);
  throttle.slowDown(4);
  expect(throttle.limit()).toBe(2);
});

test('each round that is stored whole lets one more fly, until nothing is held back any more', () => {
  const throttle = makeThrottle(makeVirtualClock());
  throttle.slowDown(4);
  const store = (parts: number) => {
    for (let i = 0; i < parts; i++) throttle.stored();
  };
  store(1);
  expect(throttle.limit()).toBe(2);
  store(1);
  expect(throttle.limit()).toBe(3);
  store(3);
  expect(throttle.limit()).toBe(4);
  store(1_000);
  expect(throttle.limit()).toBe(Number.POSITIVE_INFINITY);
});
