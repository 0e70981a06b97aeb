import type { Clock, FilePort, PutOutcome, Task } from './ports.ts';

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
  /** Bytes that have left since the allowance was set, or may have, where somebody went away with parts on their way. */
  spentBytes(): number;
  setLimits(limits: LineLimits): void;
  /** For how many parts of this size the allowance is still enough, besides those that are on their way. */
  room(partBytes: number): number;
  /** When the next part may leave, by the engine's clock. */
  nextAtMs(): number;
  /** The speed that this page may have of the limit, which it may share with others; undefined without one. */
  rateBps(): number | undefined;
  /** Whether it is the speed limit that parts wait for, rather than the line. */
  holdsBack(): boolean;
  /** How many parts of this size at once make up the speed; infinite without a limit. */
  atOnce(partBytes: number): number;
  /** A part of this size leaves; `abort` calls it back, when the person allows less than what is on its way. */
  begin(sizeBytes: number, abort: () => void): Departure;
  onChange(listener: () => void): () => void;
}

/** A part on its way. All of it counts as spent from its beginning on: who goes away meanwhile has counted too much, never too little. */
export interface Departure {
  /** Nothing of it may leave sooner; undefined: at once. */
  counted: Promise<void> | undefined;
  /** So many of its bytes have left so far. */
  sent(bytes: number): void;
  /** It has come to its end: so many of its bytes have left in all, and the others do not count. */
  end(sentBytes: number): void;
}

/** Where the count outlives the page; other pages of this browser may count there as well. */
export interface BudgetStore {
  load(): LineLimits & { spentBytes: number };
  setLimits(limits: LineLimits): void;
  /**
   * Adds to what was spent, or takes from it; what was begun here has the line for so long from now on. The promise: once
   * that is kept, if it is not at once. Never fails.
   */
  spend(bytes: number, busyMs: number): Promise<void> | undefined;
  /** For each other page that sends: in how long what it has begun has had its time. Less than 0: so long ago, just now. */
  othersBusyMs(): readonly number[];
  /** Calls when somebody else has changed what is kept: another page, say. */
  onOther(changed: () => void): void;
}

/** Several parts at once only where one would not fill a second or two of the speed. */
const AT_ONCE_S = 2;

/** A page that is through with a part begins the next one within this time, if it has one. */
const NEXT_WITHIN_MS = 2_000;

/** Timers ring late, and tickets take a moment: so late, by the time that a part is given, is on time. */
const LATE_SHARE = 0.1;
const LATE_MS = 100;

interface Flying {
  sizeBytes: number;
  /** What it was given of the line. */
  takesMs: number;
  sentBytes: number;
  /** Of these, what had left before the allowance was set. */
  uncountedBytes: number;
  isCalledBack: boolean;
  abort(): void;
}

export function makeBudget(clock: Clock, store: BudgetStore): Budget {
  const listeners = new Set<() => void>();
  /** In the order in which they left. */
  const flying = new Set<Flying>();
  let known = store.load();
  let freeAtMs = Number.NEGATIVE_INFINITY;
  // What another page has begun, or this one before it was loaded again, has its time first.
  if (known.rateBps !== undefined) freeAtMs = clock.nowMs() + Math.max(freeAtMs, ...store.othersBusyMs());
  let hasBegun = false;
  /** Of what was begun last. */
  let last = { sharers: 1, graceMs: 0, isOnTime: false };
  const busyMs = () => Math.max(0, freeAtMs - clock.nowMs());
  const tell = () => {
    for (const listener of [...listeners]) listener();
  };

  const unsentOf = (puts: Iterable<Flying>) => {
    let bytes = 0;
    for (const { sizeBytes, sentBytes } of puts) bytes += sizeBytes - sentBytes;
    return bytes;
  };

  /** What is kept now; another page may have changed it, and nobody have told of it yet. */
  const look = () => {
    const now = store.load();
    const before = known;
    known = now;
    if (now.rateBps !== before.rateBps) {
      freeAtMs = Number.NEGATIVE_INFINITY;
      for (const put of flying) put.takesMs = 0;
    }
    if (now.allowanceBytes === before.allowanceBytes) return now;
    // It counts what leaves from now on.
    for (const put of flying) put.uncountedBytes = put.sentBytes;
    store.spend(unsentOf(flying), busyMs());
    return store.load();
  };

  /** Those that left last come back, as many as it takes for the rest to be allowed. */
  const callBack = () => {
    const { allowanceBytes = Number.POSITIVE_INFINITY, spentBytes } = look();
    for (const put of [...flying].reverse()) {
      const comingBack = [...flying].filter(({ isCalledBack }) => isCalledBack);
      if (spentBytes - unsentOf(comingBack) <= allowanceBytes) return;
      // With its last byte gone it costs nothing more.
      if (put.isCalledBack || put.sentBytes >= put.sizeBytes) continue;
      put.isCalledBack = true;
      put.abort();
    }
  };

  /** Pages that have to share the speed, this one included. */
  const sharers = () => {
    // Whoever begins first is not held up by those that may be gone; later on, all begin again at much the same time.
    const sinceMs = hasBegun ? -NEXT_WITHIN_MS : 0;
    return 1 + store.othersBusyMs().filter((ms) => ms > sinceMs).length;
  };

  const changed = () => {
    look();
    callBack();
    tell();
  };
  store.onOther(changed);

  return {
    limits() {
      const { rateBps, allowanceBytes } = store.load();
      return { rateBps, allowanceBytes };
    },
    spentBytes: () => Math.max(0, look().spentBytes - unsentOf(flying)),
    setLimits(limits) {
      store.setLimits(limits);
      changed();
    },
    room(partBytes) {
      const { allowanceBytes, spentBytes } = look();
      if (allowanceBytes === undefined) return Number.POSITIVE_INFINITY;
      const leftBytes = allowanceBytes - spentBytes;
      // A part of nothing costs nothing, however little is left.
      return Math.max(0, partBytes === 0 ? 1 : Math.floor(leftBytes / partBytes));
    },
    nextAtMs: () => freeAtMs,
    rateBps: () => known.rateBps && known.rateBps / last.sharers,
    holdsBack: () =>
      known.rateBps !== undefined &&
      clock.nowMs() < freeAtMs + last.graceMs &&
      (flying.size === 0 || last.isOnTime),
    atOnce(partBytes) {
      const { rateBps } = store.load();
      return rateBps === undefined
        ? Number.POSITIVE_INFINITY
        : Math.max(1, Math.ceil((rateBps * AT_ONCE_S) / partBytes));
    },
    begin(sizeBytes, abort) {
      const { rateBps } = look();
      const among = sharers();
      const takesMs = rateBps === undefined ? 0 : (sizeBytes * 1_000 * among) / rateBps;
      const graceMs = LATE_MS + LATE_SHARE * takesMs;
      last = { sharers: among, graceMs, isOnTime: clock.nowMs() < freeAtMs + graceMs };
      hasBegun = true;
      const put = { sizeBytes, takesMs, sentBytes: 0, uncountedBytes: 0, isCalledBack: false, abort };
      flying.add(put);
      // The next one may leave when this one has had its time: over any while, no more leaves than the speed allows.
      if (rateBps !== undefined) freeAtMs = Math.max(freeAtMs, clock.nowMs()) + takesMs;
      return {
        counted: store.spend(sizeBytes, busyMs()),
        sent(bytes) {
          put.sentBytes = Math.max(put.sentBytes, bytes);
        },
        end(sentBytes) {
          const now = look();
          flying.delete(put);
          const unsentBytes = sizeBytes - Math.max(sentBytes, put.uncountedBytes);
          if (sizeBytes > 0) freeAtMs -= put.takesMs * (1 - sentBytes / sizeBytes);
          if (unsentBytes > 0) store.spend(-unsentBytes, busyMs());
          // What did not leave may be another upload's.
          if (now.allowanceBytes !== undefined && sentBytes < sizeBytes) tell();
        },
      };
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
      return undefined;
    },
    othersBusyMs: () => [],
    onOther() {},
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
      let task: Task<PutOutcome> | undefined;
      let isAborted = false;
      const abort = () => {
        isAborted = true;
        task?.abort();
      };
      const departure = budget.begin(sizeBytes, abort);
      const leave = (): Promise<PutOutcome> | PutOutcome => {
        if (isAborted) return { state: 'aborted' };
        task = file.put(range, request, (bytes) => {
          sentBytes = Math.max(sentBytes, bytes);
          departure.sent(bytes);
          onSent(bytes);
        });
        return task.result;
      };
      const ending = departure.counted ? departure.counted.then(leave) : Promise.resolve(leave());
      const result = ending.then((outcome) => {
        departure.end(outcome.state === 'stored' ? sizeBytes : sentBytes);
        return outcome;
      });
      return { result, abort };
    },
  };
}
