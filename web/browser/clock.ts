import type { Clock } from '../engine/ports.ts';

/** The monotonic clock: setting the device's time changes nothing. */
export const browserClock: Clock = {
  nowMs: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
