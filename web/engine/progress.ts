/** How far an upload is, for the eye. */
export interface Progress {
  sizeBytes: number;
  /** In S3 or on the way there; never less than what was shown before, and the whole only once S3 has everything. */
  shownBytes: number;
  /** 0 to 1. */
  share: number;
  rateBps: number;
  /** Undefined: not known, because nothing moves or nothing was measured. */
  etaMs: number | undefined;
  /** The speed that the time left is reckoned with, when it was that, and since when it is followed. */
  pace?: { rateBps: number; atMs: number; sinceMs: number } | undefined;
}

export interface ProgressNow {
  sizeBytes: number;
  doneBytes: number;
  sentBytes: number;
  rateBps: number;
  isFinished: boolean;
  /** Any clock that only goes forward. */
  nowMs: number;
}

/** The last thousandth is S3's to give. */
const MOST_UNFINISHED = 0.999;

/** A time left that jumps tells nobody anything: it follows the speed over about so long. */
const PACE_MS = 10_000;

/** The speed, smoothed; anew once nothing has moved, for what comes then is another line or another day. */
function paceOf({ rateBps, nowMs }: ProgressNow, before: Progress['pace']): Progress['pace'] {
  if (rateBps <= 0) return undefined;
  if (!before) return { rateBps, atMs: nowMs, sinceMs: nowMs };
  const { atMs, sinceMs } = before;
  // What the first moments say of a line is rough: it counts no more than what came since.
  const overMs = Math.min(PACE_MS, Math.max(1, nowMs - sinceMs));
  const weight = Math.exp((atMs - nowMs) / overMs);
  return { rateBps: before.rateBps * weight + rateBps * (1 - weight), atMs: nowMs, sinceMs };
}

/** `before`: what was shown last. Pure. */
export function progressOf(now: ProgressNow, before: Progress | undefined): Progress {
  const { sizeBytes, rateBps } = now;
  if (now.isFinished)
    return { sizeBytes, shownBytes: sizeBytes, share: 1, rateBps: 0, etaMs: 0, pace: undefined };
  const knownBytes = Math.min(now.doneBytes + now.sentBytes, Math.floor(sizeBytes * MOST_UNFINISHED));
  const shownBytes = Math.max(before?.shownBytes ?? 0, knownBytes);
  const pace = paceOf(now, before?.pace);
  const etaMs = pace && ((sizeBytes - shownBytes) * 1_000) / pace.rateBps;
  return { sizeBytes, shownBytes, share: sizeBytes === 0 ? 0 : shownBytes / sizeBytes, rateBps, etaMs, pace };
}
