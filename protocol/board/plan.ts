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

/** Tickets that nobody has. */
export interface Unassigned {
  /** Parts of the full length. */
  parts: number;
  /** The length of the last part, if that is smaller and nobody has it. */
  lastBytes: number | undefined;
}

/** What a device takes of them. */
export interface Share {
  /** So many parts of the full length. */
  parts: number;
  /** And the last one, if that is smaller. */
  last: boolean;
}

/** In how long all of these together would be done with what they have and with all that is free, each with whole parts. */
export function endMs(
  { partBytes }: Pick<Geometry, 'partBytes'>,
  paces: readonly Pace[],
  { parts, lastBytes }: Unassigned,
): number {
  const moving = paces.filter(({ rateBps }) => rateBps > 0);
  const isEnough = (ms: number) => {
    const spare = moving.reduce((sum, pace) => sum + partsWithin(pace, partBytes, ms), 0) - parts;
    const isNoneOrFits =
      lastBytes === undefined || moving.some((pace) => fitsLast(pace, partBytes, lastBytes, ms));
    return spare > 0 || (spare === 0 && isNoneOrFits);
  };
  const rateBps = moving.reduce((sum, pace) => sum + pace.rateBps, 0);
  const backlogBytes = moving.reduce((sum, pace) => sum + pace.backlogBytes, 0);
  const mostBytes = backlogBytes + (parts + moving.length) * partBytes + (lastBytes ?? 0);
  let [soonMs, lateMs] = [0, (mostBytes * 1_000) / rateBps];
  for (let step = 0; step < STEPS; step++) {
    const ms = (soonMs + lateMs) / 2;
    if (isEnough(ms)) lateMs = ms;
    else soonMs = ms;
  }
  return lateMs;
}

/** Whether a device would have sent a smaller part within the time too, after the whole ones. */
function fitsLast(pace: Pace, partBytes: number, lastBytes: number, ms: number): boolean {
  const backlogBytes = pace.backlogBytes + partsWithin(pace, partBytes, ms) * partBytes;
  return partsWithin({ ...pace, backlogBytes }, lastBytes, ms) > 0;
}

/**
 * [C8] What a device takes of the free tickets when each goes to whoever is done with it first: those that it has
 * sent by the time at which all devices together have sent all of them. The whole is decided by the last part, so a
 * slow device that takes one more makes everybody wait. [C13] A smaller last part goes where it fits, after the others.
 */
export function fairShare(
  geometry: Geometry,
  own: Pace,
  others: readonly Pace[],
  unassigned: Unassigned,
): Share {
  const { partBytes } = geometry;
  const { parts, lastBytes } = unassigned;
  const rateBps = [own, ...others].reduce((sum, pace) => sum + Math.max(0, pace.rateBps), 0);
  const freeBytes = parts * partBytes + (lastBytes ?? 0);
  if (freeBytes <= 0 || own.rateBps <= 0) return { parts: 0, last: false };
  if (isFarFromOver(own, rateBps, freeBytes, partBytes)) return { parts, last: parts === 0 };
  const ms = endMs(geometry, [own, ...others], unassigned);
  const last = lastBytes !== undefined && fitsLast(own, partBytes, lastBytes, ms);
  return { parts: partsWithin(own, partBytes, ms), last };
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
/** [C9] … nor than this share of the time that everything takes from now on, */
const FLIGHT_SHARE = 1 / 8;
/** [C9] … but one as short as this is let be: two at once bridge what one by itself would wait for. */
const SHORT_FLIGHT_S = 4;

/**
 * [C9] How many parts a device has in flight, `atOnce` at the most. What has begun cannot go to anybody else without
 * loss: so a slow line carries one part at a time, and nobody begins more than one before its speed was measured.
 * `restS`: how long all devices together need for what is not done yet.
 */
export function flightsAllowed(
  partBytes: number,
  rateBps: number | undefined,
  atOnce: number,
  restS = Number.POSITIVE_INFINITY,
): number {
  if (rateBps === undefined) return Math.min(1, atOnce);
  const flightS = Math.min(FLIGHT_S, Math.max(SHORT_FLIGHT_S, restS * FLIGHT_SHARE));
  return Math.min(atOnce, Math.max(1, Math.ceil((rateBps * flightS) / partBytes)));
}
