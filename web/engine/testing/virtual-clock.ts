import type { Clock } from '../ports.ts';

/** Time that passes when a test says so. It begins at 0. */
export interface VirtualClock extends Clock {
  /** Lets this much time pass: what falls due happens in its order, each with all that follows from it. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until this is so, and says how long that took. Throws if it takes longer than `withinMs`. */
  passUntil(isSo: () => boolean, withinMs: number): Promise<number>;
  /** How many calls are still to come. */
  readonly waiting: number;
}

/** The longest chain of promises in the engine is shorter than this. */
const SETTLING_TURNS = 64;

/** Until everything that waits for nothing but its turn has had it. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLING_TURNS; turn++) await Promise.resolve();
}

export function makeVirtualClock(): VirtualClock {
  const timers = new Map<number, { atMs: number; call: () => void }>();
  let now = 0;
  let lastTimer = 0;

  /** The first that falls due by then; of several at the same time, the one that was set first. */
  const nextBy = (endMs: number) => {
    let next: { id: number; atMs: number; call: () => void } | undefined;
    for (const [id, timer] of timers) {
      if (timer.atMs <= endMs && (!next || timer.atMs < next.atMs)) next = { id, ...timer };
    }
    return next;
  };

  const step = async (endMs: number): Promise<boolean> => {
    await settle();
    const next = nextBy(endMs);
    if (!next) return false;
    timers.delete(next.id);
    now = Math.max(now, next.atMs);
    next.call();
    await settle();
    return true;
  };

  return {
    nowMs: () => now,
    after(ms, call) {
      const id = ++lastTimer;
      timers.set(id, { atMs: now + ms, call });
      return () => timers.delete(id);
    },
    async pass(ms) {
      const endMs = now + ms;
      while (await step(endMs));
      now = endMs;
    },
    async passUntil(isSo, withinMs) {
      const startMs = now;
      await settle();
      while (!isSo()) {
        if (!(await step(startMs + withinMs)))
          throw new Error(`expected it within ${withinMs} ms of ${startMs} ms; it did not come`);
      }
      return now - startMs;
    },
    get waiting() {
      return timers.size;
    },
  };
}
