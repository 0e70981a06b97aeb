export type Limited<T> =
  | { state: 'returned'; value: T }
  | { state: 'threw'; error: unknown }
  | { state: 'timed-out' };

/**
 * Runs `work` and stops waiting after `limitMs`. The work itself cannot be stopped: as with a caller that
 * gives up on a Lambda function, it goes on and its result is dropped.
 */
export async function withTimeLimit<T>(limitMs: number, work: () => Promise<T>): Promise<Limited<T>> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<Limited<T>>((resolve) => {
    timer = setTimeout(() => resolve({ state: 'timed-out' }), limitMs);
  });
  const settled = (async (): Promise<Limited<T>> => {
    try {
      return { state: 'returned', value: await work() };
    } catch (error) {
      return { state: 'threw', error };
    }
  })();
  const outcome = await Promise.race([settled, timeUp]);
  clearTimeout(timer);
  return outcome;
}
