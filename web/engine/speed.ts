import { makeRateMeter } from '../../protocol/board/rate.ts';
import type { Clock } from './ports.ts';
import { makeStopwatch } from './stopwatch.ts';

/**
 * How fast this device's line is. Only the time counts in which something was on its way: a device without work is not
 * a slow one, and what it measured before is still what it can do.
 */
export interface Speed {
  /** So many parts are on their way from now on. */
  flying(flights: number): void;
  sent(bytes: number): void;
  /** A part has landed: whatever was measured is a measure. */
  landed(): void;
  /** Bytes a second; undefined until something was measured. */
  rateBps(): number | undefined;
}

/** What comes sooner says more of buffers than of the line. */
const FIRST_LOOK_MS = 500;

export function makeSpeed(clock: Clock): Speed {
  const meter = makeRateMeter();
  const busy = makeStopwatch(clock);
  let isMeasured = false;
  return {
    flying(flights) {
      if (flights === 0) return busy.stop();
      busy.start();
      meter.begin(busy.ms());
    },
    sent: (bytes) => meter.add(bytes, busy.ms()),
    landed() {
      isMeasured = true;
    },
    rateBps() {
      isMeasured ||= busy.ms() >= FIRST_LOOK_MS;
      return isMeasured ? meter.rateBps(busy.ms()) : undefined;
    },
  };
}
