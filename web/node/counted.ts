import { type BudgetStore, makeBudgetStore } from '../engine/budget.ts';
import type { KeptEntry } from './kept-entry.ts';

/** What was counted and has not left after all may be known so much later. */
const CREDITED_WITHIN_MS = 1_000;

/**
 * The count is kept with the rest of what is remembered, so that an allowance is one of all runs together. It is written
 * before the bytes leave: a run that is killed, or whose machine loses its power, has counted all that may have left.
 */
export function countedIn(kept: KeptEntry, allowanceBytes: number | undefined): BudgetStore {
  // The pace is kept byte by byte, by the put itself.
  const store = makeBudgetStore({ rateBps: undefined, allowanceBytes }, kept.now().spentBytes);
  let writing: Promise<void> | undefined;
  /** Parts that leave together are written together. */
  const written = () => {
    writing ??= Promise.resolve().then(() => {
      writing = undefined;
      return kept.written();
    });
    return writing;
  };
  return {
    ...store,
    spend(bytes, busyMs) {
      store.spend(bytes, busyMs);
      kept.change({ spentBytes: store.load().spentBytes }, CREDITED_WITHIN_MS);
      return bytes > 0 && allowanceBytes !== undefined ? written() : undefined;
    },
  };
}
