/** Speeds of one moment, and what can be known of the bytes. */
export interface RatesNow {
  atMs: number;
  /** Bytes a second by device number. */
  rates: ReadonlyMap<number, number>;
  /** In S3 or on the way there, as far as this device knows. */
  carriedBytes: number;
  /** The tickets that other devices hold: what they have sent of those is not known here. */
  heldByOthersBytes: number;
}

/** As long as a speed is measured over. */
const WINDOW_MS = 8_000;
/** Buffers on the way take the first bytes faster than any line does: those are spread over so long. */
const SPREAD_MS = 5_000;

/** Keeps speeds for the chart no higher than the bytes of the last seconds bear out. */
export function makeBorneOut(): (now: RatesNow) => ReadonlyMap<number, number> {
  let recent: Array<{ atMs: number; carriedBytes: number }> = [];
  return ({ atMs, rates, carriedBytes, heldByOthersBytes }) => {
    recent = recent.filter((before) => atMs - before.atMs <= WINDOW_MS);
    const from = recent[0];
    recent.push({ atMs, carriedBytes });
    // Of the first moment there is no before to compare with.
    if (!from) return new Map();
    let claimedBps = 0;
    for (const rateBps of rates.values()) claimedBps += rateBps;
    const overMs = Math.max(SPREAD_MS, atMs - from.atMs);
    const mostBps = ((carriedBytes - from.carriedBytes + heldByOthersBytes) * 1_000) / overMs;
    if (claimedBps <= mostBps) return rates;
    return new Map([...rates].map(([device, rateBps]) => [device, (rateBps * mostBps) / claimedBps]));
  };
}
