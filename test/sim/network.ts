import type { SimClock } from './clock.ts';
import type { Random } from './random.ts';

/** A device's way to the rest of the world, bandwidth aside. */
export interface Network {
  isUp(): boolean;
  /** Counts the outages: what was under way before one does not survive it, unless it is told otherwise. */
  readonly outages: number;
  /** How long something takes that leaves now. */
  oneWayMs(): number;
  /** From one moment to the next nothing passes any more. `noticed`: and the device knows. */
  goDown(noticed: boolean): void;
  comeUp(): void;
  /** Called at every outage that is noticed. */
  onNoticed(listener: () => void): () => void;
}

export function makeNetwork(random: Random, oneWayMs: number, jitterMs: number): Network {
  const listeners = new Set<() => void>();
  let isUp = true;
  let outages = 0;
  return {
    isUp: () => isUp,
    get outages() {
      return outages;
    },
    oneWayMs: () => oneWayMs + random.next() * jitterMs,
    goDown(noticed) {
      if (isUp) outages++;
      isUp = false;
      if (noticed) for (const listener of [...listeners]) listener();
    },
    comeUp() {
      isUp = true;
    },
    onNoticed(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What leaves later arrives later, as in TCP. */
export function makeOrderly(clock: SimClock) {
  let lastMs = 0;
  return (delayMs: number): number => {
    lastMs = Math.max(lastMs, clock.nowMs() + delayMs);
    return lastMs - clock.nowMs();
  };
}
