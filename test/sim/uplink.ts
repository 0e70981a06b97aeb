import { type Capacity, nextChangeMs, rateAt } from './capacity.ts';
import type { SimClock } from './clock.ts';

/** A line that all transfers of a device share evenly, as TCP more or less does. */
export interface Uplink {
  /** `onSent`: bytes that have left so far; `onGone`: the last one has. The answer ends it. */
  send(sizeBytes: number, onSent: (sentBytes: number) => void, onGone: () => void): () => void;
  /** Nothing moves while it is down. */
  setDown(isDown: boolean): void;
  /** Bytes that ever left. */
  sentBytes(): number;
}

/** How often a browser tells of progress, more or less. */
const TICK_MS = 250;

interface Transfer {
  sizeBytes: number;
  sentBytes: number;
  onSent: (sentBytes: number) => void;
  onGone: () => void;
}

export function makeUplink(clock: SimClock, capacity: Capacity): Uplink {
  const transfers = new Set<Transfer>();
  let isDown = false;
  let sentBytes = 0;
  let lastMs = 0;
  let cancel = () => {};

  const rate = () => (isDown ? 0 : rateAt(capacity, clock.nowMs()));

  /** Moves bytes up to now. */
  const advance = (bytesPerS: number) => {
    const nowMs = clock.nowMs();
    const share = transfers.size === 0 ? 0 : (bytesPerS * (nowMs - lastMs)) / 1_000 / transfers.size;
    lastMs = nowMs;
    if (share === 0) return;
    for (const transfer of transfers) {
      const bytes = Math.min(share, transfer.sizeBytes - transfer.sentBytes);
      transfer.sentBytes += bytes;
      sentBytes += bytes;
    }
  };

  let current = 0;
  const schedule = () => {
    cancel();
    current = rate();
    if (transfers.size === 0) return;
    const nowMs = clock.nowMs();
    let inMs = Math.min(TICK_MS, nextChangeMs(capacity, nowMs) - nowMs);
    for (const { sizeBytes, sentBytes: sent } of transfers) {
      if (current > 0) inMs = Math.min(inMs, ((sizeBytes - sent) * 1_000 * transfers.size) / current);
    }
    // Without a rate only a change of it makes anything happen.
    if (current === 0) inMs = nextChangeMs(capacity, nowMs) - nowMs;
    cancel = Number.isFinite(inMs) ? clock.quietly(inMs, pass) : () => {};
  };

  const pass = () => {
    advance(current);
    for (const transfer of [...transfers]) {
      if (!transfers.has(transfer)) continue;
      if (transfer.sizeBytes - transfer.sentBytes < 1) {
        transfers.delete(transfer);
        transfer.onSent(transfer.sizeBytes);
        transfer.onGone();
      } else if (transfer.sentBytes > 0) {
        transfer.onSent(Math.floor(transfer.sentBytes));
      }
    }
    schedule();
  };

  return {
    send(sizeBytes, onSent, onGone) {
      advance(current);
      const transfer = { sizeBytes, sentBytes: 0, onSent, onGone };
      transfers.add(transfer);
      schedule();
      return () => {
        if (!transfers.has(transfer)) return;
        advance(current);
        transfers.delete(transfer);
        schedule();
      };
    },
    setDown(next) {
      advance(current);
      isDown = next;
      schedule();
    },
    sentBytes: () => sentBytes,
  };
}
