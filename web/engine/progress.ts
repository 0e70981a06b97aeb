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
}

export interface ProgressNow {
  sizeBytes: number;
  doneBytes: number;
  sentBytes: number;
  rateBps: number;
  isFinished: boolean;
}

/** The last thousandth is S3's to give. */
const MOST_UNFINISHED = 0.999;

/** `before`: what was shown last. Pure. */
export function progressOf(now: ProgressNow, before: Progress | undefined): Progress {
  const { sizeBytes, rateBps } = now;
  if (now.isFinished) return { sizeBytes, shownBytes: sizeBytes, share: 1, rateBps: 0, etaMs: 0 };
  const knownBytes = Math.min(now.doneBytes + now.sentBytes, Math.floor(sizeBytes * MOST_UNFINISHED));
  const shownBytes = Math.max(before?.shownBytes ?? 0, knownBytes);
  const etaMs = rateBps > 0 ? ((sizeBytes - shownBytes) * 1_000) / rateBps : undefined;
  return { sizeBytes, shownBytes, share: sizeBytes === 0 ? 0 : shownBytes / sizeBytes, rateBps, etaMs };
}
