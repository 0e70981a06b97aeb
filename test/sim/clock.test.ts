import { expect, test } from 'vitest';
import { makeSimClock } from './clock.ts';

test('events come in the order of their time, those of one time in the order in which they were set', async () => {
  const clock = makeSimClock();
  const seen: string[] = [];
  for (const [ms, name] of [
    [30, 'c'],
    [10, 'a'],
    [20, 'b'],
    [10, 'a2'],
    [5, 'first'],
  ] as const) {
    clock.after(ms, () => seen.push(`${name} at ${clock.nowMs()}`));
  }
  clock.after(15, () => seen.push('never'))();
  expect(await clock.run(() => false, 25)).toBe(false);
  expect(seen).toEqual(['first at 5', 'a at 10', 'a2 at 10', 'b at 20']);
  expect(await clock.run(() => seen.length === 5, 1_000)).toBe(true);
  expect(clock.nowMs()).toBe(30);
});

test('whatever an event sets off by promises has happened before the next event', async () => {
  const clock = makeSimClock();
  const seen: number[] = [];
  const chain = async () => {
    for (let i = 0; i < 500; i++) await Promise.resolve();
    seen.push(clock.nowMs());
    await clock.sleep(5);
    seen.push(clock.nowMs());
  };
  clock.after(10, () => void chain());
  clock.after(11, () => seen.push(-1));
  await clock.run(() => false, 100);
  expect(seen).toEqual([10, -1, 15]);
});
