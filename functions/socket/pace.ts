import type { Limits } from '../../protocol/limits.ts';

/** How fast each connection speaks. */
export interface Pace {
  /** Counts a message; undefined: it may pass. Else how long to wait before the next one. */
  tooFastForMs(connection: string, nowMs: number): number | undefined;
  forget(connection: string): void;
}

/** Connections that an instance remembers; those that were silent the longest are forgotten first. */
const MAX_REMEMBERED = 10_000;

/**
 * A bucket of messages for each connection, that fills at a steady rate. Kept in memory: counting in the table would
 * double the price of every message. So where several instances share the load, each counts what it sees, and one
 * connection is let through as many times as it finds instances.
 */
export function makePace({ messagesPerS, messagesAtOnce }: Limits): Pace {
  const buckets = new Map<string, { left: number; atMs: number }>();
  return {
    tooFastForMs(connection, nowMs) {
      const { left, atMs } = buckets.get(connection) ?? { left: messagesAtOnce, atMs: nowMs };
      const now = Math.min(messagesAtOnce, left + (Math.max(0, nowMs - atMs) * messagesPerS) / 1_000);
      buckets.delete(connection);
      const isOver = now < 1;
      buckets.set(connection, { left: isOver ? now : now - 1, atMs: nowMs });
      const [oldest] = buckets.keys();
      if (buckets.size > MAX_REMEMBERED && oldest !== undefined) buckets.delete(oldest);
      return isOver ? Math.ceil(((1 - now) * 1_000) / messagesPerS) : undefined;
    },
    forget: (connection) => void buckets.delete(connection),
  };
}
