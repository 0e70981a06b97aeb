import { expect, test } from 'vitest';
import { makeVirtualClock } from '../engine/testing/virtual-clock.ts';
import type { JournalEntry } from './journal.ts';
import { makeKeptEntry } from './kept-entry.ts';

const ENTRY = { deviceKey: 'k'.repeat(22) };

function kept() {
  const clock = makeVirtualClock();
  const saved: Array<{ atMs: number; entry: JournalEntry }> = [];
  const save = async (entry: JournalEntry) => void saved.push({ atMs: clock.nowMs(), entry });
  return { clock, saved, entry: makeKeptEntry({ save }, ENTRY, clock) };
}

test('changes that come one after the other are written together, and no later than the first of them asks for', async () => {
  const { clock, saved, entry } = kept();
  for (let spentBytes = 1; spentBytes <= 50; spentBytes++) {
    entry.change({ spentBytes }, 1_000);
    await clock.pass(50);
  }
  expect(saved.map(({ atMs }) => atMs)).toEqual([1_000, 2_000]);
  expect(saved.at(-1)?.entry.spentBytes).toBe(40);
  entry.change({ landed: [7] }, 100);
  await clock.pass(100);
  expect(saved.at(-1)).toEqual({ atMs: 2_600, entry: { ...ENTRY, spentBytes: 50, landed: [7] } });
});

test('that it cannot be written is told once, and it is tried again', async () => {
  const clock = makeVirtualClock();
  const lost: unknown[] = [];
  let tries = 0;
  const save = async () => {
    tries++;
    throw new Error('full');
  };
  const entry = makeKeptEntry({ save }, ENTRY, clock, (error) => lost.push(error));
  for (const spentBytes of [1, 2, 3]) {
    entry.change({ spentBytes }, 100);
    await clock.pass(100);
  }
  await entry.written();
  expect(tries).toBe(3);
  expect(lost).toEqual([new Error('full')]);
});

test('what is not written yet is written at the end, and nothing where nothing has changed', async () => {
  const { clock, saved, entry } = kept();
  entry.change({ spentBytes: 7 }, 1_000);
  await entry.written();
  await entry.written();
  await clock.pass(5_000);
  expect(saved).toEqual([{ atMs: 0, entry: { ...ENTRY, spentBytes: 7 } }]);
});
