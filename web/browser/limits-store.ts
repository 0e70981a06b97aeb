import { z } from 'zod';
import type { BudgetStore } from '../engine/budget.ts';

const KEY = 'tributary.limits';

const Kept = z.object({
  rateBps: z.number().optional(),
  allowanceBytes: z.number().optional(),
  spentBytes: z.number(),
});

/** What was kept, and is kept for as long as this page only where the browser keeps nothing. */
type Kept = ReturnType<BudgetStore['load']>;

/**
 * The limits that the person has set for this device, for all uploads and tabs of this browser. The count goes through the
 * storage each time: two tabs that send at once both count.
 */
export function makeLimitsStore(
  storage: Pick<Storage, 'getItem' | 'setItem'> | undefined,
  onOther: (changed: () => void) => void,
): BudgetStore {
  let kept: Kept = { rateBps: undefined, allowanceBytes: undefined, spentBytes: 0 };
  let isStored = storage !== undefined;
  let tell = () => {};

  function read(): Kept | undefined {
    if (!isStored) return undefined;
    try {
      const found = Kept.safeParse(JSON.parse(storage?.getItem(KEY) ?? ''));
      if (!found.success) return undefined;
      const { rateBps, allowanceBytes, spentBytes } = found.data;
      return { rateBps, allowanceBytes, spentBytes };
    } catch {
      return undefined;
    }
  }
  const write = (next: Kept) => {
    kept = next;
    try {
      storage?.setItem(KEY, JSON.stringify(next));
    } catch {
      // Storage that is full or forbidden: the limits hold as long as the page does.
      isStored = false;
    }
  };
  const load = () => {
    kept = read() ?? kept;
    return kept;
  };
  onOther(() => tell());

  return {
    load,
    setLimits(limits) {
      const now = load();
      write({ ...limits, spentBytes: limits.allowanceBytes === now.allowanceBytes ? now.spentBytes : 0 });
    },
    spend(bytes) {
      const now = load();
      if (now.allowanceBytes !== undefined)
        write({ ...now, spentBytes: Math.max(0, now.spentBytes + bytes) });
      return undefined;
    },
    onOther(changed) {
      tell = changed;
    },
  };
}

/** Of this browser; told of what its other tabs change. */
export function openLimitsStore(): BudgetStore {
  return makeLimitsStore(storageOf(), (changed) => {
    window.addEventListener('storage', ({ key }) => key === KEY && changed());
  });
}

function storageOf(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
