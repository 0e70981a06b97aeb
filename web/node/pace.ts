import type { Clock } from '../engine/ports.ts';

/** Lets bytes pass no faster than the limit, all callers together. Resolves when these bytes may go. */
export type Pace = (bytes: number) => Promise<void> | undefined;

/** Below this a timer is not worth its while: the debt is paid with the next bytes. */
const WORTH_WAITING_MS = 5;
/** Timers ring late: so much time that was lost is made up for. */
const MADE_UP_MS = 50;

/**
 * Undefined: no limit. Bytes pass as soon as those before them have had their time, so a pause is not made up for by a
 * burst, and the line that others share is never filled.
 */
export function makePace(clock: Clock, limitBps: number | undefined): Pace {
  if (limitBps === undefined) return () => undefined;
  let freeAtMs = Number.NEGATIVE_INFINITY;
  return (bytes) => {
    const nowMs = clock.nowMs();
    freeAtMs = Math.max(freeAtMs, nowMs - MADE_UP_MS) + (bytes * 1_000) / limitBps;
    const waitMs = freeAtMs - nowMs;
    if (waitMs < WORTH_WAITING_MS) return undefined;
    return new Promise((resolve) => {
      clock.after(waitMs, resolve);
    });
  };
}
