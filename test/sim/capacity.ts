import type { Geometry } from '../../protocol/board/geometry.ts';

/** What a link carries: from each time on so many bytes a second. The first is at 0. */
export type Capacity = ReadonlyArray<readonly [fromMs: number, bytesPerS: number]>;

/** Mega*bits* a second, as lines are sold. */
export const mbit = (megabits: number): number => (megabits * 1_000_000) / 8;

export const steady = (megabits: number): Capacity => [[0, mbit(megabits)]];

export function rateAt(capacity: Capacity, ms: number): number {
  let rate = 0;
  for (const [fromMs, bytesPerS] of capacity) if (fromMs <= ms) rate = bytesPerS;
  return rate;
}

export function nextChangeMs(capacity: Capacity, ms: number): number {
  return capacity.find(([fromMs]) => fromMs > ms)?.[0] ?? Number.POSITIVE_INFINITY;
}

/** Bytes that the link carries from one time to another. */
export function bytesBetween(capacity: Capacity, fromMs: number, toMs: number): number {
  let bytes = 0;
  for (let ms = fromMs; ms < toMs; ) {
    const end = Math.min(toMs, nextChangeMs(capacity, ms));
    bytes += (rateAt(capacity, ms) * (end - ms)) / 1_000;
    ms = end;
  }
  return bytes;
}

/** When a device with a link is there. */
export interface Presence {
  capacity: Capacity;
  /** One after the other. */
  stays: ReadonlyArray<readonly [fromMs: number, toMs: number]>;
}

const bytesBy = ({ capacity, stays }: Presence, atMs: number): number[] =>
  stays.map(([fromMs, toMs]) => bytesBetween(capacity, fromMs, Math.min(toMs, atMs)));

/** When all links together, with nothing in their way, have carried so many bytes. */
export function fluidBoundMs(links: readonly Presence[], sizeBytes: number): number {
  return soonest((ms) => sum(links.flatMap((link) => bytesBy(link, ms))) >= sizeBytes);
}

/** The same for parts, none of which two links can share; the last one may be smaller. */
export function integralBoundMs(
  links: readonly Presence[],
  { parts, partBytes, sizeBytes }: Pick<Geometry, 'parts' | 'partBytes' | 'sizeBytes'>,
): number {
  const lastBytes = sizeBytes - (parts - 1) * partBytes;
  return soonest((ms) => {
    const carried = links.flatMap((link) => bytesBy(link, ms));
    const wholes = carried.map((bytes) => Math.floor(bytes / partBytes + 1e-9));
    const spare = sum(wholes) - (parts - 1);
    const fitsLast = carried.some((bytes, i) => bytes + 1e-9 >= (wholes[i] ?? 0) * partBytes + lastBytes);
    return spare > 0 || (spare === 0 && fitsLast);
  });
}

function soonest(isEnough: (ms: number) => boolean): number {
  let high = 1_000;
  while (!isEnough(high)) {
    high *= 2;
    if (high > 1e10) return Number.POSITIVE_INFINITY;
  }
  let low = 0;
  while (high - low > 0.5) {
    const middle = (low + high) / 2;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
