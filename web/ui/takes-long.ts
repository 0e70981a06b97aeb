import type { OpenView } from './status.ts';

/** Who waits for longer has turned to something else when it is done. */
const LONG_MS = 60_000;
/** While nobody knows how long it takes: so much takes that long on most lines. */
const LONG_BYTES = 100_000_000;
/** What a line brings in its first moments says little of how long all of it takes. */
const ROUGH_MS = 3_000;

/** Whether somebody may want to be told of the end. `before`: once it was so, it stays so to the end. Pure. */
export function takesLong({ phase, progress, file }: OpenView, before: boolean): boolean {
  if (phase.state !== 'open') return false;
  if (before) return true;
  const { etaMs, pace } = progress;
  if (etaMs === undefined || !pace || pace.atMs - pace.sinceMs < ROUGH_MS)
    return file.sizeBytes >= LONG_BYTES;
  return etaMs > LONG_MS;
}
