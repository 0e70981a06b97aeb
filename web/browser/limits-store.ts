import { z } from 'zod';
import type { BudgetStore, LineLimits } from '../engine/budget.ts';
import { newSecret } from './secrets.ts';

const KEY = 'tributary.limits';

/** What one page has begun. */
const Share = z.object({
  page: z.string(),
  spentBytes: z.number(),
  /** Epoch milliseconds: then it was written last, and had the line for so long. */
  atMs: z.number(),
  busyMs: z.number(),
});
type Share = z.infer<typeof Share>;

const Kept = z.object({
  rateBps: z.number().optional(),
  allowanceBytes: z.number().optional(),
  /** By pages that are long gone. */
  spentBytes: z.number(),
  shares: z.array(Share).optional(),
});
type Kept = z.infer<typeof Kept>;

/** This one, and the time of day, which all pages of a browser have in common. */
export interface LimitsPage {
  id: string;
  nowMs(): number;
}

/** A page that has begun nothing for so long is gone, or counts anew. */
const GONE_AFTER_MS = 24 * 3_600_000;
/** What ended longer ago than this is nobody's business. */
const JUST_NOW_MS = 5_000;

/**
 * The limits that the person has set for this device, for all uploads and tabs of this browser. Two tabs may write at the
 * same time, and one of them then undoes what the other wrote: so each has a share that only it changes, and that it
 * writes again if it finds it gone. Where the browser keeps nothing, all of it is kept for as long as this page.
 */
export function makeLimitsStore(
  storage: Pick<Storage, 'getItem' | 'setItem'> | undefined,
  { id, nowMs }: LimitsPage,
  onOther: (changed: () => void) => void,
): BudgetStore {
  let kept: Kept = { spentBytes: 0 };
  let own: Share = { page: id, spentBytes: 0, atMs: nowMs(), busyMs: 0 };
  let isStored = storage !== undefined;
  let tell = () => {};

  /** What was read last: it is asked for with every few bytes that leave, and hardly ever changes. */
  let last: { text: string; found: Kept | undefined } | undefined;
  const read = (): Kept | undefined => {
    if (!isStored) return undefined;
    try {
      const text = storage?.getItem(KEY) ?? '';
      if (text !== last?.text) last = { text, found: parse(text) };
    } catch {
      // Storage that is forbidden meanwhile.
      return undefined;
    }
    return last?.found;
  };
  /** Brings `kept` and `own` up to what is stored; says whether this page's share is missing there. */
  const look = (): boolean => {
    const found = read();
    if (!found) return false;
    const stored = found.shares?.find(({ page }) => page === id);
    const isCountedElsewhere = !stored && own.atMs < nowMs() - GONE_AFTER_MS;
    if (found.allowanceBytes !== kept.allowanceBytes || isCountedElsewhere) own = { ...own, spentBytes: 0 };
    kept = found;
    return JSON.stringify(stored) !== JSON.stringify(own);
  };
  const othersIn = ({ shares = [] }: Kept) => shares.filter(({ page }) => page !== id);
  const write = (next: Kept) => {
    const isThere = ({ atMs }: Share) => atMs >= nowMs() - GONE_AFTER_MS;
    const gone = othersIn(next).filter((share) => !isThere(share));
    kept = {
      ...next,
      spentBytes: gone.reduce((sum, share) => sum + share.spentBytes, next.spentBytes),
      shares: [...othersIn(next).filter(isThere), own],
    };
    try {
      storage?.setItem(KEY, JSON.stringify(kept));
    } catch {
      // Storage that is full or forbidden.
      isStored = false;
    }
  };
  const spentBytes = () => {
    const allBytes = othersIn(kept).reduce(
      (sum, share) => sum + share.spentBytes,
      kept.spentBytes + own.spentBytes,
    );
    return Math.max(0, allBytes);
  };
  onOther(() => {
    if (look() && (own.spentBytes !== 0 || own.busyMs > 0)) write(kept);
    tell();
  });

  return {
    load() {
      look();
      const { rateBps, allowanceBytes } = kept;
      return { rateBps, allowanceBytes, spentBytes: spentBytes() };
    },
    setLimits({ rateBps, allowanceBytes }: LineLimits) {
      look();
      const isNew = allowanceBytes !== kept.allowanceBytes;
      if (isNew) own = { ...own, spentBytes: 0 };
      const counted = isNew ? { spentBytes: 0 } : kept;
      write({ ...counted, rateBps, allowanceBytes });
    },
    spend(bytes, busyMs) {
      look();
      const { rateBps, allowanceBytes } = kept;
      if (rateBps === undefined && allowanceBytes === undefined) return undefined;
      const countedBytes = allowanceBytes === undefined ? 0 : bytes;
      own = { page: id, spentBytes: own.spentBytes + countedBytes, atMs: nowMs(), busyMs };
      write(kept);
      return undefined;
    },
    othersBusyMs() {
      look();
      const now = nowMs();
      const left: number[] = [];
      for (const { atMs, busyMs } of othersIn(kept)) {
        const ms = atMs + busyMs - now;
        // Written later than now: the device's clock was set meanwhile, and nobody knows.
        if (busyMs > 0 && atMs <= now + JUST_NOW_MS && ms > -JUST_NOW_MS) left.push(Math.min(ms, busyMs));
      }
      return left;
    },
    onOther(changed) {
      tell = changed;
    },
  };
}

function parse(text: string): Kept | undefined {
  if (text === '') return undefined;
  try {
    return Kept.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Of this browser; told of what its other tabs change. */
export function openLimitsStore(): BudgetStore {
  return makeLimitsStore(storageOf(), { id: newSecret(), nowMs: Date.now }, (changed) => {
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
