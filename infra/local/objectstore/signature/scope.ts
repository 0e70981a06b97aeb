import type { IncomingHttpHeaders } from 'node:http';
import { S3Error } from '../http/s3-error.ts';
import type { Query } from '../http/target.ts';

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** S3 tolerates clocks that are this far off: RequestTimeTooSkewed beyond it. */
export const MAX_SKEW_MS = 900_000; // 15 min

/** The parts of a request that a signature can cover. `path` is raw, as sent. */
export interface SignableRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Query;
  readonly headers: IncomingHttpHeaders;
}

/** What a signature claims, before anyone checked it. */
export interface Claim {
  readonly signedAtMs: number;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

interface Expected {
  readonly accessKeyId: string;
  readonly region: string;
  readonly malformed: 'AuthorizationHeaderMalformed' | 'AuthorizationQueryParametersError';
}

/** Checks `KEY/20260101/region/s3/aws4_request` against what we are and against the request's own date. */
export function checkScope(credential: string, longDate: string, expected: Expected): void {
  const [accessKeyId, shortDate, region, service, terminator, ...more] = credential.split('/');
  if (terminator !== 'aws4_request' || service !== 's3' || more.length > 0) {
    throw new S3Error(
      expected.malformed,
      'Error parsing the X-Amz-Credential parameter; expected KEY/DATE/REGION/s3/aws4_request.',
    );
  }
  if (accessKeyId !== expected.accessKeyId) {
    throw new S3Error(
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
    );
  }
  if (region !== expected.region) {
    throw new S3Error(
      expected.malformed,
      `Error parsing the X-Amz-Credential parameter; the region '${region}' is wrong; expecting '${expected.region}'`,
      { details: { Region: expected.region } },
    );
  }
  if (shortDate !== longDate.slice(0, 8)) {
    throw new S3Error(
      expected.malformed,
      "Invalid credential date: expected the date of the request's X-Amz-Date.",
    );
  }
}

/** `20260101T235959Z` to epoch milliseconds, or undefined. */
export function parseLongDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const timeMs = Date.parse(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}.000Z`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** The header names that were signed, as S3 demands them: lower case, sorted, each once, `host` among them. */
export function parseSignedHeaders(text: string, malformed: Expected['malformed']): readonly string[] {
  const names = text.split(';');
  const canonical = [...new Set(names)].sort().join(';');
  if (canonical !== text || text !== text.toLowerCase() || !names.includes('host')) {
    throw new S3Error(malformed, 'SignedHeaders: expected sorted lower-case names that include host.');
  }
  return names;
}
