/** Whether the disk below the store has room, as what was asked of it shows. */
export interface Fullness {
  /** A request with a body of so many bytes begins. Call the answer with how it ended, if that says anything. */
  begin(bodyBytes: number): (outcome: 'stored' | 'full') => void;
  isFull(): boolean;
}

/** Longer than the longest wait of a device that tries again: if nobody has tried since, nobody knows. */
const KNOWN_FOR_MS = 180_000;

/**
 * Parts that find no room fail one after the other: `onChange` hears of the first of them, and of the first one as large
 * that was begun later and stored.
 */
export function makeFullness(nowMs: () => number, onChange: (isFull: boolean) => void): Fullness {
  let full: { atMs: number; begun: number; bodyBytes: number } | undefined;
  let begun = 0;
  const known = () => {
    if (full && nowMs() - full.atMs > KNOWN_FOR_MS) full = undefined;
    return full;
  };
  return {
    begin(bodyBytes) {
      const mine = ++begun;
      return (outcome) => {
        const before = known();
        if (outcome === 'full') {
          full = { atMs: nowMs(), begun, bodyBytes: Math.min(bodyBytes, before?.bodyBytes ?? bodyBytes) };
          if (!before) onChange(true);
        } else if (before && mine > before.begun && bodyBytes >= before.bodyBytes) {
          full = undefined;
          onChange(false);
        }
      };
    },
    isFull: () => known() !== undefined,
  };
}
