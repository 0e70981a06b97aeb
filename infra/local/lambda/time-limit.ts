import { type After, after as byTheClock } from '../timers.ts';

export type Limited<T> =
  | { state: 'returned'; value: T }
  | { state: 'threw'; error: unknown }
  | { state: 'timed-out' };

/**
 * Runs `work` and stops waiting after `limitMs`. The work itself cannot be stopped: as with a caller that
 * gives up on a Lambda function, it goes on and its result is dropped.
 */
export async function withTimeLimit<T>(
  limitMs: number,
  work: () => Promise<T>,
  after: After = byTheClock,
): Promise<Limited<T>> {
  let endWaiting = () => {};
  const timeUp = new Promise<Limited<T>>((resolve) => {
    endWaiting = after(limitMs, () => resolve({ state: 'timed-out' })).cancel;
  });
  const settled = (async (): Promise<Limited<T>> => {
    try {
      return { state: 'returned', value: await work() };
    } catch (error) {
      return { state: 'threw', error };
    }
  })();
  const outcome = await Promise.race([settled, timeUp]);
  endWaiting();
  return outcome;
}
