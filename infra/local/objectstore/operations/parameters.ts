import type { IncomingHttpHeaders } from 'node:http';
import { S3Error } from '../http/s3-error.ts';
import type { Query } from '../http/target.ts';

/** S3's page size, and its bound on `max-parts` and `max-uploads`. */
export const PAGE_SIZE = 1000;

/** A whole number in the query. Errors: InvalidArgument. */
export function queryNumber(
  query: Query,
  name: string,
  bounds: { min: number; max: number },
): number | undefined {
  const text = query.get(name);
  if (text === undefined || text === '') return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= bounds.min && value <= bounds.max)) {
    throw new S3Error(
      'InvalidArgument',
      `${name} must be an integer between ${bounds.min} and ${bounds.max}, inclusive`,
      { details: { ArgumentName: name } },
    );
  }
  return value;
}

export function queryPageSize(query: Query, name: string): number {
  return Math.min(queryNumber(query, name, { min: 0, max: 2_147_483_647 }) ?? PAGE_SIZE, PAGE_SIZE);
}

/** A header that was sent once or not at all. */
export function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** A base64 SHA-256 from `x-amz-checksum-sha256`. Errors: InvalidRequest. */
export function checksumHeader(headers: IncomingHttpHeaders): string | undefined {
  const value = header(headers, 'x-amz-checksum-sha256');
  if (value === undefined) return undefined;
  if (!isChecksum(value)) {
    throw new S3Error('InvalidRequest', 'Value for x-amz-checksum-sha256 header is invalid.');
  }
  return value;
}

/** The one spelling of 32 bytes in base64; Buffer alone would accept many others. */
export function isChecksum(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.byteLength === 32 && bytes.toString('base64') === text;
}
