import { createHash, createHmac } from 'node:crypto';
import type { HttpRequest } from '@smithy/types';
import type { PartToSign } from '../ports.ts';

/** The one header that binds an address to its bytes: hoisted into the query, S3 would not enforce it. */
export const CHECKSUM_HEADER = 'x-amz-checksum-sha256';

/** `20261125T235959Z`, as signatures have it. */
export function amzDate(date: Date): string {
  return date.toISOString().replace(/[:-]|\.\d{3}/g, '');
}

/**
 * Signatures for many parts, from a request for one of them that the SDK has signed. On the same day only the time, the
 * part, its length and its SHA-256 are others. A signature takes 0.03 ms here and 0.15 ms in the SDK, and a device waits
 * for all that it is granted. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function makePartSignatures(
  model: HttpRequest,
  secretAccessKey: string,
): (part: PartToSign, date: string) => string {
  const query = Object.entries(model.query ?? {}).filter(([name]) => name !== 'X-Amz-Signature');
  const credential = String(model.query?.['X-Amz-Credential']);
  const scope = credential.slice(credential.indexOf('/') + 1);
  const key = signingKey(secretAccessKey, scope);
  // Placeholders cannot be mistaken: braces in values are escaped.
  const canonicalQuery = query
    .map(([name, value]) => `${percentEncode(name)}=${PLACEHOLDERS[name] ?? percentEncode(String(value))}`)
    .sort()
    .join('&');
  const head = `${model.method}\n${model.path}\n${canonicalQuery}`;
  const host = model.headers.host ?? '';
  const tail = `content-length;host;${CHECKSUM_HEADER}\nUNSIGNED-PAYLOAD`;

  return ({ part, sha256, sizeBytes }, date) => {
    const headers = `content-length:${sizeBytes}\nhost:${host}\n${CHECKSUM_HEADER}:${sha256}\n`;
    const filled = head.replace('{part}', String(part)).replace('{date}', date);
    const hash = createHash('sha256').update(`${filled}\n${headers}\n${tail}`).digest('hex');
    return createHmac('sha256', key).update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash}`).digest('hex');
  };
}

const PLACEHOLDERS: Record<string, string> = { partNumber: '{part}', 'X-Amz-Date': '{date}' };

function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `scope`: `20261125/us-east-1/s3/aws4_request`. */
function signingKey(secretAccessKey: string, scope: string): Buffer {
  return scope
    .split('/')
    .reduce<Buffer>(
      (key, step) => createHmac('sha256', key).update(step).digest(),
      Buffer.from(`AWS4${secretAccessKey}`),
    );
}
