import type { Key } from '../table/keys.ts';
import type { TableMeter } from './meter.ts';

export interface HottestItem extends Key {
  /** Write units in the busiest second of its life. DynamoDB takes 1,000 for one item. */
  writeUnitsPerS: number;
}

export interface HotItems extends TableMeter {
  /** The item that was written to most within one second; undefined before the first write. */
  hottest(): HottestItem | undefined;
}

const SECOND_MS = 1_000;

/** Counts the writes of every item by the second, and passes everything on to `next`. */
export function watchHotItems(nowMs: () => number, next: TableMeter): HotItems {
  const seconds = new Map<string, { second: number; units: number }>();
  let hottest: HottestItem | undefined;
  return {
    wrote(key, units) {
      const second = Math.floor(nowMs() / SECOND_MS);
      const name = `${key.pk}\n${key.sk}`;
      const known = seconds.get(name);
      const sum = (known?.second === second ? known.units : 0) + units;
      seconds.set(name, { second, units: sum });
      if (!hottest || sum > hottest.writeUnitsPerS) {
        hottest = { pk: key.pk, sk: key.sk, writeUnitsPerS: sum };
      }
      next.wrote(key, units);
    },
    read: next.read,
    hottest: () => hottest,
  };
}
