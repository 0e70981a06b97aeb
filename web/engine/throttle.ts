import type { Clock } from './ports.ts';

/** How many may be in flight after the store has asked for less. */
export interface Throttle {
  /** Infinite while nothing was asked. */
  limit(): number;
  /** The store asked for less while so many were in flight. */
  slowDown(inFlight: number): void;
  /** A part is stored: the store may bear more again. */
  stored(): void;
}

/** What was in flight together is refused together: that is one request to slow down, not several. */
const ONE_REQUEST_MS = 1_000;
/** From here on there is nothing left to hold back. */
const FREE_AGAIN = 32;

/** Halves when asked, grows by one for each round of parts that was stored: as TCP does, so that many devices share. */
export function makeThrottle(clock: Clock): Throttle {
  let limit = Number.POSITIVE_INFINITY;
  let storedInRound = 0;
  let askedMs = Number.NEGATIVE_INFINITY;
  return {
    limit: () => limit,
    slowDown(inFlight) {
      if (clock.nowMs() - askedMs < ONE_REQUEST_MS) return;
      askedMs = clock.nowMs();
      storedInRound = 0;
      limit = Math.max(1, Math.floor(Math.min(limit, inFlight) / 2));
    },
    stored() {
      if (!Number.isFinite(limit)) return;
      storedInRound += 1;
      if (storedInRound < limit) return;
      storedInRound = 0;
      limit = limit + 1 >= FREE_AGAIN ? Number.POSITIVE_INFINITY : limit + 1;
    },
  };
}
