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

const MALFORMED = 'AuthorizationHeaderMalformed';

/**
 * Reads the claim in an `Authorization` header and checks everything about it but the signature itself.
 * Errors: AuthorizationHeaderMalformed, InvalidAccessKeyId, RequestTimeTooSkewed, AccessDenied without a date.
 */
export function readAuthorizationClaim(
  request: SignableRequest,
  server: { accessKeyId: string; region: string; nowMs: number },
): Claim {
  const match = /^AWS4-HMAC-SHA256 +Credential=([^, ]+), *SignedHeaders=([^, ]+), *Signature=([^, ]+)$/.exec(
    request.headers.authorization ?? '',
  );
  const [, credential, signedHeaders, signature] = match ?? [];
  if (credential === undefined || signedHeaders === undefined || signature === undefined) {
    throw new S3Error(
      MALFORMED,
      `The authorization header is malformed: expected ${ALGORITHM} with Credential, SignedHeaders and Signature.`,
    );
  }
  const longDate = request.headers['x-amz-date'];
  const signedAtMs = typeof longDate === 'string' ? parseLongDate(longDate) : undefined;
  if (typeof longDate !== 'string' || signedAtMs === undefined) {
    throw new S3Error('AccessDenied', 'AWS authentication requires a valid x-amz-date header');
  }
  checkScope(credential, longDate, { ...server, malformed: MALFORMED });
  if (Math.abs(server.nowMs - signedAtMs) > MAX_SKEW_MS) {
    throw new S3Error(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      {
        details: {
          RequestTime: longDate,
          ServerTime: new Date(server.nowMs).toISOString(),
          MaxAllowedSkewMilliseconds: String(MAX_SKEW_MS),
        },
      },
    );
  }
  return { signedAtMs, signature, signedHeaders: parseSignedHeaders(signedHeaders, MALFORMED) };
}
