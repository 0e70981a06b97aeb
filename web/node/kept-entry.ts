import type { Clock } from '../engine/ports.ts';
import type { Journal, JournalEntry } from './journal.ts';

/** The journal's entry while a run changes it. */
export interface KeptEntry {
  now(): JournalEntry;
  /** Written within so many milliseconds, together with all that changes until then. */
  change(change: Partial<JournalEntry>, withinMs: number): void;
  /** Writes what is not written yet, and is there once it is. Never fails: what cannot be written is not remembered. */
  written(): Promise<void>;
}

/** `entry`: as it is in the journal already. `lost`: is told of the first time that it could not be written. */
export function makeKeptEntry(
  journal: Pick<Journal, 'save'>,
  entry: JournalEntry,
  clock: Clock,
  lost: (error: unknown) => void = () => {},
): KeptEntry {
  let isLost = false;
  let now = entry;
  let dueMs = Number.POSITIVE_INFINITY;
  let cancel = () => {};
  let last: Promise<void> = Promise.resolve();

  const write = () => {
    cancel();
    if (dueMs === Number.POSITIVE_INFINITY) return;
    dueMs = Number.POSITIVE_INFINITY;
    last = journal.save(now).catch((error: unknown) => {
      if (!isLost) lost(error);
      isLost = true;
    });
  };

  return {
    now: () => now,
    change(change, withinMs) {
      now = { ...now, ...change };
      const atMs = clock.nowMs() + withinMs;
      if (atMs >= dueMs) return;
      dueMs = atMs;
      cancel();
      cancel = clock.after(withinMs, write);
    },
    async written() {
      write();
      await last;
    },
  };
}
