/** How many requests a device begins with, and how many it may ever have in flight. */
export interface PlacesRange {
  first: number;
  most: number;
}

/** How many requests to have in flight, learnt from what it does to the device's whole throughput. Pure. */
export interface Places {
  limit(): number;
  /** Bytes have left. */
  sent(bytes: number, nowMs: number): void;
  /** Not just `limit` requests are in flight (nothing to carry, or some still to land): no measure of that limit. */
  unfit(): void;
  /** A request got no answer. */
  failed(nowMs: number): void;
}

/** A measure takes this long, */
const WINDOW_MS = 500;
/** … and until so many bytes have left: a browser tells of them in bursts. */
const WINDOW_BYTES = 16 * 1_048_576;
/** On a slow line it has to do with less. */
const LONGEST_WINDOW_MS = 4_000;
/** One more request is worth keeping if it brings this share of what it would bring on a line with room to spare. */
const WORTHWHILE = 0.3;
/** No less than this: below, it is noise. */
const LEAST_GAIN = 0.04;
/** One fewer is as good if it costs no more than this. */
const NO_LOSS = 0.02;
/** Measures between two tries, so that trying costs little. */
const REST = 8;
/** With one alone nothing is on its way while the store makes its bytes durable. */
const FEWEST = 2;
/** Requests that fail together are one failure: one place fewer. */
const ONE_FAILURE_MS = 1_000;

/**
 * Climbs while that pays, then looks now and then whether one more or one fewer does as well:
 *
 *     measure ─▶ try one more ─▶ faster? ─ yes ─▶ keep, try one more
 *        ▲                         └─ no ──▶ back, rest, then try one fewer ─▶ as fast? keep : back ─▶ rest, one more
 */
export function makePlaces({ first, most }: PlacesRange): Places {
  const fewest = Math.min(FEWEST, first);
  let limit = first;
  let trying: 'nothing' | 'more' | 'fewer' = 'nothing';
  let next: 'more' | 'fewer' = 'more';
  let rest = 0;
  /** What the limit before the present try brought, bytes a second. */
  let known: { limit: number; rateBps: number } | undefined;
  let window: { sinceMs: number; bytes: number } | undefined;
  let failedMs = Number.NEGATIVE_INFINITY;

  const begin = () => {
    for (const direction of [next, opposite(next)]) {
      const to = limit + (direction === 'more' ? 1 : -1);
      if (to < fewest || to > most) continue;
      trying = direction;
      limit = to;
      return;
    }
  };

  const settle = (at: number, then: 'more' | 'fewer') => {
    limit = at;
    trying = 'nothing';
    next = then;
    rest = REST;
  };

  const measured = (rateBps: number) => {
    if (trying === 'nothing' || !known) {
      const before = known?.limit === limit ? known.rateBps : rateBps;
      known = { limit, rateBps: (before + rateBps) / 2 };
      if (rest > 0) rest -= 1;
      else begin();
    } else if (trying === 'more') {
      const gain = Math.max(LEAST_GAIN, WORTHWHILE / known.limit);
      if (rateBps < known.rateBps * (1 + gain)) return settle(known.limit, 'fewer');
      known = { limit, rateBps };
      if (limit < most) limit += 1;
      else settle(limit, 'fewer');
    } else if (rateBps < known.rateBps * (1 - NO_LOSS)) {
      settle(known.limit, 'more');
    } else {
      known = { limit, rateBps };
      settle(limit, 'fewer');
    }
  };

  return {
    limit: () => limit,
    sent(bytes, nowMs) {
      // What leaves now had been on its way before: the time begins here, and the bytes with the next ones.
      if (!window) {
        window = { sinceMs: nowMs, bytes: 0 };
        return;
      }
      const tookMs = nowMs - window.sinceMs;
      window.bytes += bytes;
      if (tookMs < WINDOW_MS || (window.bytes < WINDOW_BYTES && tookMs < LONGEST_WINDOW_MS)) return;
      const rateBps = (window.bytes * 1_000) / tookMs;
      const before = limit;
      window = { sinceMs: nowMs, bytes: 0 };
      measured(rateBps);
      // The first requests of a new limit have to get going before it can be judged.
      if (limit !== before) window = undefined;
    },
    unfit() {
      window = undefined;
    },
    failed(nowMs) {
      if (nowMs - failedMs < ONE_FAILURE_MS) return;
      failedMs = nowMs;
      known = undefined;
      window = undefined;
      settle(Math.max(fewest, limit - 1), 'more');
    },
  };
}

function opposite(direction: 'more' | 'fewer'): 'more' | 'fewer' {
  return direction === 'more' ? 'fewer' : 'more';
}
