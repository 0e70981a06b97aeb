import { USD_PER_MILLION } from './prices.ts';
import { UNITS, type Unit, type Usage } from './usage.ts';

/** Units that S3 alone is paid for: what any multipart upload costs, whoever coordinates it. */
const S3_UNITS: ReadonlySet<Unit> = new Set<Unit>(['s3Puts', 's3Gets']);

export interface Bill {
  usdByUnit: Record<Unit, number>;
  totalUsd: number;
  /** Everything but S3's requests: what it costs that several devices work on one upload. */
  coordinationUsd: number;
}

export function billFor(usage: Usage): Bill {
  const usdByUnit = {} as Record<Unit, number>;
  let totalUsd = 0;
  let coordinationUsd = 0;
  for (const unit of UNITS) {
    const usd = (usage[unit] * USD_PER_MILLION[unit]) / 1e6;
    usdByUnit[unit] = usd;
    totalUsd += usd;
    if (!S3_UNITS.has(unit)) coordinationUsd += usd;
  }
  return { usdByUnit, totalUsd, coordinationUsd };
}

/** S3's own price for taking so many parts, the measure for what coordination may cost. */
export function s3PutUsd(parts: number): number {
  return (parts * USD_PER_MILLION.s3Puts) / 1e6;
}
