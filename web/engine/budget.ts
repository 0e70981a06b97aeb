import type { Clock, FilePort } from './ports.ts';

/** What a person allows this device to use of its line. Undefined: no limit. */
export interface LineLimits {
  /** Bytes a second. */
  rateBps: number | undefined;
  /** Bytes in all, for every upload, counted from when it was set. */
  allowanceBytes: number | undefined;
}

/** How much may leave this device, and when: kept to the part, since a part once begun is sent as fast as it goes. */
export interface Budget {
  limits(): LineLimits;
  /** Bytes that have left since the allowance was set. */
  spentBytes(): number;
  setLimits(limits: LineLimits): void;
  /** For how many parts of this size the allowance is still enough, besides those that are on their way. */
  room(partBytes: number): number;
  /** When the next part may leave, by the engine's clock. */
  nextAtMs(): number;
  /** How many parts of this size at once make up the speed; infinite without a limit. */
  atOnce(partBytes: number): number;
  /** A part of this size leaves. */
  begin(sizeBytes: number): void;
  /** It has come to its end: so many of its bytes have left. */
  end(sizeBytes: number, sentBytes: number): void;
  onChange(listener: () => void): () => void;
}

/** Where the count outlives the page; other pages of this browser may count there as well. */
export interface BudgetStore {
  load(): LineLimits & { spentBytes: number };
  setLimits(limits: LineLimits): void;
  /** Adds to what was spent. */
  spend(bytes: number): void;
}

/** Several parts at once only where one would not fill a second or two of the speed. */
const AT_ONCE_S = 2;

export function makeBudget(clock: Clock, store: BudgetStore): Budget {
  const listeners = new Set<() => void>();
  let onTheWayBytes = 0;
  let freeAtMs = Number.NEGATIVE_INFINITY;
  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  return {
    limits() {
      const { rateBps, allowanceBytes } = store.load();
      return { rateBps, allowanceBytes };
    },
    spentBytes: () => store.load().spentBytes,
    setLimits(limits) {
      store.setLimits(limits);
      freeAtMs = Number.NEGATIVE_INFINITY;
      tell();
    },
    room(partBytes) {
      const { allowanceBytes, spentBytes } = store.load();
      if (allowanceBytes === undefined) return Number.POSITIVE_INFINITY;
      const leftBytes = allowanceBytes - spentBytes - onTheWayBytes;
      // A part of nothing costs nothing, however little is left.
      return Math.max(0, partBytes === 0 ? 1 : Math.floor(leftBytes / partBytes));
    },
    nextAtMs: () => freeAtMs,
    atOnce(partBytes) {
      const { rateBps } = store.load();
      return rateBps === undefined
        ? Number.POSITIVE_INFINITY
        : Math.max(1, Math.ceil((rateBps * AT_ONCE_S) / partBytes));
    },
    begin(sizeBytes) {
      const { rateBps } = store.load();
      onTheWayBytes += sizeBytes;
      if (rateBps === undefined) return;
      // The next one may leave when this one has had its time: over any while, no more leaves than the speed allows.
      freeAtMs = Math.max(freeAtMs, clock.nowMs()) + (sizeBytes * 1_000) / rateBps;
    },
    end(sizeBytes, sentBytes) {
      const { rateBps, allowanceBytes } = store.load();
      onTheWayBytes -= sizeBytes;
      store.spend(sentBytes);
      if (rateBps !== undefined) freeAtMs -= ((sizeBytes - sentBytes) * 1_000) / rateBps;
      // What did not leave may be another upload's.
      if (allowanceBytes !== undefined && sentBytes < sizeBytes) tell();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A count that lives no longer than this process. */
export function makeBudgetStore(limits: LineLimits, spentBytes = 0): BudgetStore {
  let kept = { ...limits, spentBytes };
  return {
    load: () => kept,
    setLimits(next) {
      const isNew = next.allowanceBytes !== kept.allowanceBytes;
      kept = { ...next, spentBytes: isNew ? 0 : kept.spentBytes };
    },
    spend(bytes) {
      kept = { ...kept, spentBytes: kept.spentBytes + bytes };
    },
  };
}

/** No limit, and nothing counted. */
export const unlimited = (clock: Clock): Budget => makeBudget(clock, makeBudgetStore(NO_LIMITS));

export const NO_LIMITS: LineLimits = { rateBps: undefined, allowanceBytes: undefined };

/** Counts what the file's puts send. */
export function withBudget(file: Pick<FilePort, 'put'>, budget: Budget): Pick<FilePort, 'put'> {
  return {
    put(range, request, onSent) {
      const sizeBytes = range.endByte - range.startByte;
      let sentBytes = 0;
      budget.begin(sizeBytes);
      const task = file.put(range, request, (bytes) => {
        sentBytes = Math.max(sentBytes, bytes);
        onSent(bytes);
      });
      const result = task.result.then((outcome) => {
        budget.end(sizeBytes, outcome.state === 'stored' ? sizeBytes : sentBytes);
        return outcome;
      });
      return { ...task, result };
    },
  };
}
