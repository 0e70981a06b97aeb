import type { Clock } from '../engine/ports.ts';

/** The monotonic clock: setting the machine's time changes nothing. */
export const nodeClock: Clock = {
  nowMs: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
