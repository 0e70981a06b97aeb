import { percentOf } from '../words/numbers.ts';

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

/** The parts that a device carried, of those that are done. Pure. */
export function shareOfWork(doneParts: number, allDone: number): number {
  return allDone === 0 ? 0 : percentOf(doneParts / allDone) / 100;
}
