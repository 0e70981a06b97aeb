import type { Clock } from './ports.ts';

/** The time during which something was going on. */
export interface Stopwatch {
  start(): void;
  stop(): void;
  ms(): number;
}

export function makeStopwatch(clock: Clock): Stopwatch {
  let pastMs = 0;
  let sinceMs: number | undefined;
  return {
    start() {
      sinceMs ??= clock.nowMs();
    },
    stop() {
      if (sinceMs !== undefined) pastMs += clock.nowMs() - sinceMs;
      sinceMs = undefined;
    },
    ms: () => pastMs + (sinceMs === undefined ? 0 : clock.nowMs() - sinceMs),
  };
}
