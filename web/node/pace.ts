import type { Clock, Task } from '../engine/ports.ts';

/** Lets bytes pass no faster than the limit, all callers together. */
export interface Pace {
  /** No more than this is worth passing at once: the pauses in between stay short however low the limit is. */
  atOnceBytes: number;
  /** Undefined: these bytes may go now. Else the result comes once they may, or once the wait is aborted. */
  pass(bytes: number): Task<void> | undefined;
}

/** Below this a timer is not worth its while: the debt is paid with the next bytes. */
const WORTH_WAITING_MS = 5;
/** Timers ring late: so much time that was lost is made up for. */
const MADE_UP_MS = 50;
/** S3 drops a request that is silent for some 20 s, and several of them take turns. */
const AT_ONCE_MS = 250;

/**
 * Undefined: no limit. Bytes pass as soon as those before them have had their time, so a pause is not made up for by a
 * burst, and the line that others share is never filled.
 */
export function makePace(clock: Clock, limitBps: number | undefined): Pace {
  if (limitBps === undefined) return { atOnceBytes: Number.POSITIVE_INFINITY, pass: () => undefined };
  let freeAtMs = Number.NEGATIVE_INFINITY;
  return {
    atOnceBytes: Math.max(1, Math.floor((limitBps * AT_ONCE_MS) / 1_000)),
    pass(bytes) {
      const nowMs = clock.nowMs();
      freeAtMs = Math.max(freeAtMs, nowMs - MADE_UP_MS) + (bytes * 1_000) / limitBps;
      const waitMs = freeAtMs - nowMs;
      if (waitMs < WORTH_WAITING_MS) return undefined;
      let abort = () => {};
      const result = new Promise<void>((resolve) => {
        const cancel = clock.after(waitMs, resolve);
        abort = () => {
          cancel();
          resolve();
        };
      });
      return { result, abort: () => abort() };
    },
  };
}
