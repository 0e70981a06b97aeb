import type { Bucket } from '../ports.ts';
import type { Meter } from './meter.ts';

/** `ListParts` answers at most so many a page, and each page is a request. */
const PARTS_PER_LISTING = 1_000;

/** The same bucket, each of whose requests is counted. Signing is no request; aborting is free. */
export function meteredBucket(bucket: Bucket, meter: Pick<Meter, 's3Put' | 's3Get'>): Bucket {
  return {
    ...bucket,
    create(...args) {
      meter.s3Put();
      return bucket.create(...args);
    },
    async listParts(...args) {
      const listing = await bucket.listParts(...args);
      const parts = listing.state === 'listed' ? listing.parts.length : 0;
      for (let page = 0; page < Math.max(1, Math.ceil(parts / PARTS_PER_LISTING)); page++) meter.s3Put();
      return listing;
    },
    complete(...args) {
      meter.s3Put();
      return bucket.complete(...args);
    },
    head(...args) {
      meter.s3Get();
      return bucket.head(...args);
    },
  };
}
