/** What one device is worth to the upload just now. */
export type Gain =
  | { state: 'none' }
  /** Nobody else carries anything: without it the upload would stand still. */
  | { state: 'alone' }
  | { state: 'saves'; savedMs: number };

/** Under this nobody would notice, and the estimate is worth less than that. */
const WORTH_SAYING_MS = 5_000;

/** How much later all would be done without it, at the speeds of now. Pure. */
export function gainOf(rateBps: number, totalBps: number, leftBytes: number): Gain {
  if (rateBps <= 0 || leftBytes <= 0) return { state: 'none' };
  const othersBps = totalBps - rateBps;
  // Less than a hundredth is what is left of speeds that fade.
  if (othersBps < totalBps / 100) return { state: 'alone' };
  const savedMs = (leftBytes / othersBps - leftBytes / totalBps) * 1_000;
  return savedMs < WORTH_SAYING_MS ? { state: 'none' } : { state: 'saves', savedMs };
}

/**
 * What part of `allDone` parts each device carried, by device number, in whole hundredths that add up to the whole where
 * these devices carried it; the whole itself only for who carried all of it. Pure.
 */
export function sharesOfWork(
  devices: ReadonlyArray<{ number: number; doneParts: number }>,
  allDone: number,
): ReadonlyMap<number, number> {
  const exact = devices.map(({ number, doneParts }) => ({
    number,
    percent: (100 * doneParts) / (allDone || 1),
  }));
  const rounded = new Map(exact.map(({ number, percent }) => [number, Math.floor(percent)]));
  let left = Math.round(exact.reduce((sum, { percent }) => sum + (percent % 1), 0));
  for (const { number, percent } of exact.sort((a, b) => (b.percent % 1) - (a.percent % 1))) {
    if (left === 0) break;
    if (percent >= 99 || percent % 1 === 0) continue;
    rounded.set(number, Math.floor(percent) + 1);
    left -= 1;
  }
  return new Map([...rounded].map(([number, percent]) => [number, percent / 100]));
}
