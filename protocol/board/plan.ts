import type { Geometry } from './geometry.ts';

/** How fast a device is, and what it has still to send of the tickets that it holds. */
export interface Pace {
  rateBps: number;
  backlogBytes: number;
}

/** How many more parts a device would have sent within so many milliseconds, after what it has still to send. */
export function partsWithin({ rateBps, backlogBytes }: Pace, partBytes: number, ms: number): number {
  const bytes = (rateBps * ms) / 1_000 - backlogBytes;
  // A hair's breadth for rounding: the moment at which a part is done counts.
  return Math.max(0, Math.floor(bytes / partBytes + 1e-6));
}

/** Halvings of the span in which the end lies: to a millionth of it. */
const STEPS = 20;

/**
 * [C8] How many of `free` tickets a device takes when each goes to whoever is done with it first: those that it has
 * sent by the time at which all devices together have sent all of them. The whole is decided by the last part, so a
 * slow device that takes one more makes everybody wait.
 */
export function fairShare(geometry: Geometry, own: Pace, others: readonly Pace[], free: number): number {
  const { partBytes } = geometry;
  const moving = [own, ...others].filter(({ rateBps }) => rateBps > 0);
  const rateBps = moving.reduce((sum, pace) => sum + pace.rateBps, 0);
  if (free <= 0 || own.rateBps <= 0) return 0;
  if (isFarFromOver(own, rateBps, free * partBytes, partBytes)) return free;
  const backlogBytes = moving.reduce((sum, pace) => sum + pace.backlogBytes, 0);
  let [soonMs, lateMs] = [0, ((backlogBytes + (free + moving.length) * partBytes) * 1_000) / rateBps];
  for (let step = 0; step < STEPS; step++) {
    const ms = (soonMs + lateMs) / 2;
    const sent = moving.reduce((sum, pace) => sum + partsWithin(pace, partBytes, ms), 0);
    if (sent >= free) lateMs = ms;
    else soonMs = ms;
  }
  return partsWithin(own, partBytes, lateMs);
}

/** Long before the end nobody needs to be held back: what a device takes now it will have sent in good time. */
function isFarFromOver(own: Pace, rateBps: number, freeBytes: number, partBytes: number): boolean {
  return freeBytes / rateBps > (3 * (own.backlogBytes + 2 * partBytes)) / own.rateBps;
}

/** [C12] Nobody is patient for less than this. */
const PATIENCE_MS = 10_000;

/**
 * [C12] Whether a device has stood idle before free tickets for longer than one would have taken it. Whoever was to be done
 * with them sooner is not.
 */
export function isOutOfPatience(partBytes: number, rateBps: number, waitedMs: number): boolean {
  return waitedMs > Math.max(PATIENCE_MS, (partBytes * 1_000) / rateBps);
}

/** [C9] A part on its way takes no longer than this, if fewer of them at once can help it. */
export const FLIGHT_S = 8;

/**
 * [C9] How many parts a device has in flight, `atOnce` at the most. What has begun cannot go to anybody else without
 * loss: so a slow line carries one part at a time, and nobody begins more than one before its speed was measured.
 */
export function flightsAllowed(partBytes: number, rateBps: number | undefined, atOnce: number): number {
  if (rateBps === undefined) return Math.min(1, atOnce);
  return Math.min(atOnce, Math.max(1, Math.ceil((rateBps * FLIGHT_S) / partBytes)));
}
