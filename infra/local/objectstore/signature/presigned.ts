import { S3Error } from '../http/s3-error.ts';
import {
  ALGORITHM,
  type Claim,
  checkScope,
  MAX_SKEW_MS,
  parseLongDate,
  parseSignedHeaders,
  type SignableRequest,
} from './scope.ts';

/** The longest that SigV4 lets a URL live. */
const MAX_EXPIRES_S = 604_800; // 7 days
const MALFORMED = 'AuthorizationQueryParametersError';

export interface PresignedClaim extends Claim {
  readonly expiresInS: number;
}

/**
 * Reads the claim in a presigned URL and checks everything about it but the signature itself.
 * Errors: AuthorizationQueryParametersError, InvalidAccessKeyId, AccessDenied when it has expired.
 */
export function readPresignedClaim(
  request: SignableRequest,
  server: { accessKeyId: string; region: string; nowMs: number },
): PresignedClaim {
  const { query } = request;
  const credential = query.get('X-Amz-Credential');
  const longDate = query.get('X-Amz-Date');
  const expires = query.get('X-Amz-Expires');
  const signedHeaders = query.get('X-Amz-SignedHeaders');
  const signature = query.get('X-Amz-Signature');
  if (
    credential === undefined ||
    longDate === undefined ||
    expires === undefined ||
    signedHeaders === undefined ||
    signature === undefined
  ) {
    throw new S3Error(
      MALFORMED,
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  if (query.get('X-Amz-Algorithm') !== ALGORITHM) {
    throw new S3Error(MALFORMED, `X-Amz-Algorithm only supports "${ALGORITHM}"`);
  }
  const signedAtMs = parseLongDate(longDate);
  if (signedAtMs === undefined) {
    throw new S3Error(MALFORMED, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  checkScope(credential, longDate, { ...server, malformed: MALFORMED });
  const expiresInS = readExpires(expires);
  checkLifetime(signedAtMs, expiresInS, server.nowMs);
  return { signedAtMs, expiresInS, signature, signedHeaders: parseSignedHeaders(signedHeaders, MALFORMED) };
}

function readExpires(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new S3Error(MALFORMED, 'X-Amz-Expires should be a number');
  const expiresInS = Number(text);
  if (expiresInS > MAX_EXPIRES_S) {
    throw new S3Error(
      MALFORMED,
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${MAX_EXPIRES_S} seconds`,
    );
  }
  return expiresInS;
}

function checkLifetime(signedAtMs: number, expiresInS: number, nowMs: number): void {
  const expiresAtMs = signedAtMs + expiresInS * 1000;
  if (nowMs > expiresAtMs) {
    throw new S3Error('AccessDenied', 'Request has expired', {
      details: {
        'X-Amz-Expires': String(expiresInS),
        Expires: new Date(expiresAtMs).toISOString(),
        ServerTime: new Date(nowMs).toISOString(),
      },
    });
  }
  if (signedAtMs > nowMs + MAX_SKEW_MS) {
    throw new S3Error('AccessDenied', 'Request is not valid yet', {
      details: { ServerTime: new Date(nowMs).toISOString() },
    });
  }
}
