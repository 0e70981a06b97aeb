import { expect, test } from 'vitest';
import { makeVirtualClock } from '../engine/testing/virtual-clock.ts';
import { makePace } from './pace.ts';

const CHUNK_BYTES = 65_536;

/** Sends so many chunks one after the other. */
async function send(pace: ReturnType<typeof makePace>, chunks: number): Promise<void> {
  for (let i = 0; i < chunks; i++) await pace(CHUNK_BYTES);
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
  expect(makePace(makeVirtualClock(), undefined)(1e12)).toBeUndefined();
});
