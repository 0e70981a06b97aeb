import { expect, test } from 'vitest';
import { makeVirtualClock } from '../engine/testing/virtual-clock.ts';
import { countedIn } from './counted.ts';
import type { JournalEntry } from './journal.ts';
import { makeKeptEntry } from './kept-entry.ts';

function counted(allowanceBytes: number | undefined) {
  const clock = makeVirtualClock();
  const saved: JournalEntry[] = [];
  const save = async (entry: JournalEntry) => void saved.push(entry);
  const kept = makeKeptEntry({ save }, { deviceKey: 'k'.repeat(22), spentBytes: 100 }, clock);
  return { clock, saved, store: countedIn(kept, allowanceBytes) };
}

test('what leaves under an allowance is written first, and once for all that leaves together', async () => {
  const { saved, store } = counted(1_000);
  await Promise.all([store.spend(10, 0), store.spend(20, 0)]);
  expect(saved.map(({ spentBytes }) => spentBytes)).toEqual([130]);
  await store.spend(30, 0);
  expect(saved.map(({ spentBytes }) => spentBytes)).toEqual([130, 160]);
});

test('what has not left after all is written soon, and nothing waits for it', async () => {
  const { clock, saved, store } = counted(1_000);
  expect(store.spend(-40, 0)).toBeUndefined();
  await clock.pass(1_000);
  expect(saved.map(({ spentBytes }) => spentBytes)).toEqual([60]);
});

test('without an allowance nothing waits either, and it counts for the runs that have one', async () => {
  const { clock, saved, store } = counted(undefined);
  expect(store.spend(50, 0)).toBeUndefined();
  await clock.pass(1_000);
  expect(saved.map(({ spentBytes }) => spentBytes)).toEqual([150]);
});
