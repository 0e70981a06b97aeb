/** Speeds over time, as a chart draws them. */
export interface Sample {
  /** The clock's milliseconds at which this stretch ended. */
  atMs: number;
  /** Bytes a second by device number, averaged over the stretch. */
  rates: ReadonlyMap<number, number>;
  /** Bytes of the upload in S3 or on the way there by then, all devices together. */
  carriedBytes: number;
}

export interface History {
  /** Oldest first; together they reach back to the first one, however long ago. */
  samples(): readonly Sample[];
  /** The last of them at full detail, for a sparkline. */
  recent(): readonly Sample[];
  add(sample: Sample): void;
}

/** More points than this no chart can show; then two by two become one, and each stands for twice the time. */
export const MAX_SAMPLES = 240;
export const RECENT_SAMPLES = 40;

/** Keeps the whole of an upload in a bounded number of samples. Pure: time comes with the samples. */
export function makeHistory(): History {
  let samples: Sample[] = [];
  let recent: Sample[] = [];
  /** How many samples go into one point, and those that wait for the rest of theirs. */
  let perPoint = 1;
  let pending: Sample[] = [];
  return {
    samples: () => (pending.length > 0 ? [...samples, averageOf(pending)] : samples),
    recent: () => recent,
    add(sample) {
      recent = [...recent, sample].slice(-RECENT_SAMPLES);
      pending.push(sample);
      if (pending.length < perPoint) return;
      samples.push(averageOf(pending));
      pending = [];
      if (samples.length < MAX_SAMPLES) return;
      samples = Array.from({ length: MAX_SAMPLES / 2 }, (_, i) => averageOf(samples.slice(2 * i, 2 * i + 2)));
      perPoint *= 2;
    },
  };
}

function averageOf(samples: readonly Sample[]): Sample {
  const sums = new Map<number, number>();
  for (const { rates } of samples) {
    for (const [device, rateBps] of rates) sums.set(device, (sums.get(device) ?? 0) + rateBps);
  }
  return {
    atMs: samples.at(-1)?.atMs ?? 0,
    carriedBytes: samples.at(-1)?.carriedBytes ?? 0,
    rates: new Map([...sums].map(([device, sum]) => [device, sum / samples.length])),
  };
}
