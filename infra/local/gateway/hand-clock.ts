import type { After } from '../timers.ts';

/** For tests: time that passes when it is told to, and begins at 0. */
export interface HandClock {
  nowMs: () => number;
  after: After;
  /** All that is due by then is called, in its order. */
  advance(ms: number): void;
}

export function makeHandClock(): HandClock {
  let now = 0;
  const due = new Map<object, { atMs: number; call: () => void }>();

  return {
    nowMs: () => now,
    after(ms, call) {
      const key = {};
      const set = () => due.set(key, { atMs: now + ms, call });
      set();
      return {
        refresh() {
          if (due.has(key)) set();
        },
        cancel: () => void due.delete(key),
      };
    },
    advance(ms) {
      const untilMs = now + ms;
      for (;;) {
        const [next] = [...due]
          .filter(([, { atMs }]) => atMs <= untilMs)
          .sort(([, a], [, b]) => a.atMs - b.atMs);
        if (next === undefined) break;
        const [key, { atMs, call }] = next;
        due.delete(key);
        now = atMs;
        call();
      }
      now = untilMs;
    },
  };
}
