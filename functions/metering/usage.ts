/** What AWS counts, each in the unit that it bills. */
export interface Usage {
  /** WebSocket messages in and out, one per started 32 KB. */
  socketMessages: number;
  connectionMinutes: number;
  lambdaRequests: number;
  lambdaGbSeconds: number;
  writeUnits: number;
  readUnits: number;
  /** S3's dear class of requests: PUT, POST, LIST. */
  s3Puts: number;
  /** S3's cheap class: GET, HEAD. Deleting and aborting are free. */
  s3Gets: number;
}

export type Unit = keyof Usage;

export const NO_USAGE: Usage = {
  socketMessages: 0,
  connectionMinutes: 0,
  lambdaRequests: 0,
  lambdaGbSeconds: 0,
  writeUnits: 0,
  readUnits: 0,
  s3Puts: 0,
  s3Gets: 0,
};

export const UNITS = Object.keys(NO_USAGE) as Unit[];

export function sumUsage(usages: Iterable<Usage>): Usage {
  const sum = { ...NO_USAGE };
  for (const usage of usages) for (const unit of UNITS) sum[unit] += usage[unit];
  return sum;
}

/** What came on top of `before`: the cost of one stretch of work. */
export function usageSince(before: Usage, now: Usage): Usage {
  const rest = { ...now };
  for (const unit of UNITS) rest[unit] -= before[unit];
  return rest;
}
