/** Bytes a second over the last few seconds. */
export interface RateMeter {
  /** Something begins to move: the time until its first sample counts. */
  begin(nowMs: number): void;
  add(bytes: number, nowMs: number): void;
  /** Undefined until there is a sample; 0 when there was one and nothing came since. */
  rateBps(nowMs: number): number | undefined;
}

const SLOT_MS = 250;
/** Long enough to be steady over bursts of a browser's progress events, short enough to see a link change. */
const WINDOW_SLOTS = 32; // 8 s

/** A sliding window of slots: no timer, and no memory beyond the window. */
export function makeRateMeter(): RateMeter {
  const slots = new Float64Array(WINDOW_SLOTS);
  let newest: number | undefined;
  let startedMs = 0;
  let lastAddMs = Number.NEGATIVE_INFINITY;
  let begunMs: number | undefined;
  /** Asked for several times in one moment, it is reckoned once. */
  let answer: { atMs: number; rateBps: number } | undefined;

  const advance = (nowMs: number) => {
    const slot = Math.floor(nowMs / SLOT_MS);
    if (newest === undefined) return slot;
    for (let i = Math.max(newest + 1, slot - WINDOW_SLOTS + 1); i <= slot; i++) slots[i % WINDOW_SLOTS] = 0;
    newest = Math.max(newest, slot);
    return newest;
  };

  return {
    begin(nowMs) {
      begunMs ??= nowMs;
    },
    add(bytes, nowMs) {
      // After a window of silence the pace before it says nothing of the one that begins now.
      if (nowMs - lastAddMs >= WINDOW_SLOTS * SLOT_MS) {
        const isFirst = newest === undefined && begunMs !== undefined;
        startedMs = isFirst ? (begunMs ?? nowMs) : nowMs;
      }
      lastAddMs = nowMs;
      newest ??= Math.floor(nowMs / SLOT_MS);
      const slot = advance(nowMs) % WINDOW_SLOTS;
      slots[slot] = (slots[slot] ?? 0) + bytes;
      answer = undefined;
    },
    rateBps(nowMs) {
      if (newest === undefined) return undefined;
      if (answer?.atMs === nowMs) return answer.rateBps;
      advance(nowMs);
      const spanMs = Math.min(WINDOW_SLOTS * SLOT_MS, Math.max(2 * SLOT_MS, nowMs - startedMs));
      let bytes = 0;
      for (const slot of slots) bytes += slot;
      answer = { atMs: nowMs, rateBps: (bytes * 1_000) / spanMs };
      return answer.rateBps;
    },
  };
}
