import type { Key } from '../table/keys.ts';
import { NO_USAGE, type Usage } from './usage.ts';

/** API Gateway bills a message per started 32 KB, in either direction. */
const MESSAGE_BYTES = 32_768;
/** Lambda bills started milliseconds. */
const MB_PER_GB = 1_024;

/** What the table tells of its operations. */
export interface TableMeter {
  /** A write of these units to the item, whether or not its condition held: DynamoDB bills both. */
  wrote(key: Key, units: number): void;
  /** `key`: of the item, or of the partition of a query, with what its sort keys begin with. */
  read(key: Key, units: number): void;
}

/**
 * Counts what AWS would bill. Pure counters: no clock, no I/O. Feed it from wherever the units arise:
 *
 * - every frame between a device and the gateway, in or out, answers included: `frame(bytes)`;
 * - every call of a handler (`$connect` and `$disconnect` too) and of the finish: `invoked(tookMs, memoryMb)`;
 * - every connection when it ends: `connected(ms)`;
 * - the table: give the meter to `makeTable` (units as DynamoDB reports them) or to the tests' `makeMemoryTable` (units
 *   by DynamoDB's rules for item sizes); the adapters of functions/table work on either;
 * - the bucket: wrap it in `meteredBucket`; and `s3Put()` for every part that a device sends, whatever the answer.
 *
 * `usage()` at any time; `billFor(usage)` gives dollars, `usageSince(before, now)` the units of a stretch.
 */
export interface Meter extends TableMeter {
  frame(sizeBytes: number): void;
  connected(ms: number): void;
  invoked(tookMs: number, memoryMb: number): void;
  /** A request of S3's dear class: PUT, POST, LIST. */
  s3Put(): void;
  /** A request of S3's cheap class: GET, HEAD. */
  s3Get(): void;
  usage(): Usage;
}

export function makeMeter(): Meter {
  const usage = { ...NO_USAGE };
  return {
    frame(sizeBytes) {
      usage.socketMessages += Math.max(1, Math.ceil(sizeBytes / MESSAGE_BYTES));
    },
    connected(ms) {
      usage.connectionMinutes += ms / 60_000;
    },
    invoked(tookMs, memoryMb) {
      usage.lambdaRequests += 1;
      usage.lambdaGbSeconds += (Math.max(1, Math.ceil(tookMs)) / 1_000) * (memoryMb / MB_PER_GB);
    },
    wrote(_key, units) {
      usage.writeUnits += units;
    },
    read(_key, units) {
      usage.readUnits += units;
    },
    s3Put() {
      usage.s3Puts += 1;
    },
    s3Get() {
      usage.s3Gets += 1;
    },
    usage: () => ({ ...usage }),
  };
}
