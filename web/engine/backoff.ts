/** The longest wait doubles with each failure in a row, from the first to the last. A success begins anew. */
export interface Backoff {
  firstMs: number;
  lastMs: number;
}

export const RECONNECT: Backoff = { firstMs: 500, lastMs: 15_000 };
export const SYNC_AGAIN: Backoff = { firstMs: 500, lastMs: 15_000 };
/** Asked for tickets that others were given: the answer says what is left. */
export const OUTRUN: Backoff = { firstMs: 250, lastMs: 1_000 };
/** A link may have been opened sooner than its upload was made; after so many tries it is no such link. */
export const LINK_AGAIN: Backoff = { firstMs: 1_000, lastMs: 15_000 };
export const LINK_TRIES = 6;
/** A file that cannot be read is looked for again: a drive may come back. */
export const FILE_AGAIN: Backoff = { firstMs: 4_000, lastMs: 30_000 };
/** Code of the page that did not load: the server is away, or the line is cut. */
export const CODE_AGAIN: Backoff = { firstMs: 1_000, lastMs: 15_000 };

/**
 * Drawn from the whole of the step ("full jitter"), so that devices that failed together do not come back together.
 * `failures` in a row so far, 1 at the first. `random` from 0 to below 1.
 */
export function waitMs(backoff: Backoff, failures: number, random: number): number {
  return Math.round(Math.min(backoff.lastMs, backoff.firstMs * 2 ** Math.min(30, failures - 1)) * random);
}

/** The same for what is tried without end and costs a request each time: no sooner than the first step. */
export function waitAtLeastMs(backoff: Backoff, failures: number, random: number): number {
  return backoff.firstMs + waitMs(backoff, failures, random);
}
