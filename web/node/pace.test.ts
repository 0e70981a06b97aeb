import { expect, test } from 'vitest';
import { makeVirtualClock } from '../engine/testing/virtual-clock.ts';
import { makePace } from './pace.ts';

const CHUNK_BYTES = 65_536;

/** Sends so many chunks one after the other. */
async function send(pace: ReturnType<typeof makePace>, chunks: number): Promise<void> {
  for (let i = 0; i < chunks; i++) await pace.pass(CHUNK_BYTES)?.result;
}

test('several senders together keep to the limit', async () => {
  const clock = makeVirtualClock();
  const pace = makePace(clock, 1_000_000);
  let ended = 0;
  for (let i = 0; i < 4; i++) void send(pace, 40).then(() => ended++);
  const bytes = 4 * 40 * CHUNK_BYTES;
  const ms = await clock.passUntil(() => ended === 4, 20_000);
  expect(Math.abs(ms - bytes / 1_000)).toBeLessThanOrEqual(55);
});

test('a pause is not made up for by a burst', async () => {
  const clock = makeVirtualClock();
  const pace = makePace(clock, 1_000_000);
  await clock.pass(60_000);
  let isSent = false;
  void send(pace, 10).then(() => {
    isSent = true;
  });
  expect(await clock.passUntil(() => isSent, 5_000)).toBeGreaterThan(600);
});

test('without a limit nothing waits', () => {
  expect(makePace(makeVirtualClock(), undefined).pass(1e12)).toBeUndefined();
});

test('a wait that is aborted ends at once, and leaves no timer that would keep the process', async () => {
  const timers = new Set<() => void>();
  const clock = {
    nowMs: () => 0,
    after(_ms: number, call: () => void) {
      timers.add(call);
      return () => void timers.delete(call);
    },
  };
  const held = makePace(clock, 1_000).pass(60_000);
  expect(timers.size).toBe(1);
  held?.abort();
  await held?.result;
  expect(timers.size).toBe(0);
});
