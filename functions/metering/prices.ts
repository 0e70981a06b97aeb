import type { Unit } from './usage.ts';

/**
 * US dollars a million units, us-east-1, on demand, free tiers left out. All prices of this project are here and
 * nowhere else.
 *
 * Sources, read in 2026-09: https://aws.amazon.com/api-gateway/pricing/ (WebSocket APIs),
 * https://aws.amazon.com/lambda/pricing/ (arm64), https://aws.amazon.com/dynamodb/pricing/on-demand/,
 * https://aws.amazon.com/s3/pricing/ (S3 Standard requests). Taken from secondary sources that quote those pages, so
 * compare before a decision hangs on them.
 */
export const USD_PER_MILLION: Readonly<Record<Unit, number>> = {
  socketMessages: 1.0,
  connectionMinutes: 0.25,
  lambdaRequests: 0.2,
  lambdaGbSeconds: 13.3334,
  writeUnits: 0.625,
  readUnits: 0.125,
  s3Puts: 5.0,
  s3Gets: 0.4,
};
