import { expect, test } from 'vitest';
import { SYNC_AGAIN } from './backoff.ts';
import { makeVirtualClock } from './testing/virtual-clock.ts';
import { makeTurns } from './turns.ts';

function begun() {
  const clock = makeVirtualClock();
  const woken: number[] = [];
  // The longest that each wait may be.
  const turns = makeTurns(
    clock,
    () => 1,
    () => woken.push(clock.nowMs()),
  );
  return { clock, turns, woken };
}

test('what there is to say is gathered from the first of it on, and anew after each sync', async () => {
  const { clock, turns } = begun();
  await clock.pass(1_000);
  turns.gather();
  await clock.pass(200);
  turns.gather();
  expect(turns.dueMs(350)).toBe(1_350);
  turns.begin();
  await clock.pass(300);
  expect(turns.dueMs(350)).toBe(1_850);
});

test('what cannot wait is due at once, unless something has just gone wrong', async () => {
  const { clock, turns } = begun();
  await clock.pass(1_000);
  expect(turns.dueMs(0)).toBe(1_000);
  const againMs = turns.failed(undefined);
  expect(againMs).toBe(1_000 + SYNC_AGAIN.firstMs);
  expect(turns.dueMs(0)).toBe(againMs);
  expect(turns.mayTry()).toBe(false);
  await clock.pass(SYNC_AGAIN.firstMs);
  expect(turns.mayTry()).toBe(true);
});

test('failures in a row wait longer and longer, no less than the server asks for; a success begins anew', () => {
  const { turns } = begun();
  expect(turns.failed(undefined)).toBe(SYNC_AGAIN.firstMs);
  expect(turns.failed(undefined)).toBe(2 * SYNC_AGAIN.firstMs);
  expect(turns.failed({ kind: 'busy', message: '', minBackoffMs: 5_000 })).toBe(
    5_000 + 4 * SYNC_AGAIN.firstMs,
  );
  for (let i = 0; i < 20; i++) turns.failed(undefined);
  expect(turns.failed(undefined)).toBe(SYNC_AGAIN.lastMs);
  turns.succeeded(1, 1);
  expect(turns.failed(undefined)).toBe(SYNC_AGAIN.firstMs);
});

test('who asks and is given nothing does not ask again at once; a new board is not made to wait', () => {
  const { clock, turns } = begun();
  turns.succeeded(0, 0);
  expect(turns.mayTry()).toBe(true);
  turns.succeeded(3, 0);
  expect(turns.mayTry()).toBe(false);
  turns.hurry();
  expect(turns.mayTry()).toBe(true);
  expect(turns.dueMs(0)).toBe(clock.nowMs());
});

test('it wakes once, at the time that was set last, and never after it has stopped', async () => {
  const { clock, turns, woken } = begun();
  turns.wakeAt(100);
  turns.wakeAt(300);
  await clock.pass(1_000);
  expect(woken).toEqual([300]);
  turns.wakeAt(1_500);
  turns.wakeAt(Number.POSITIVE_INFINITY);
  turns.wakeAt(1_800);
  turns.stop();
  await clock.pass(2_000);
  expect(woken).toEqual([300]);
});
