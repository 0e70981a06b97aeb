import { createHash, timingSafeEqual } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { S3Error } from '../http/s3-error.ts';
import { readAuthorizationClaim } from './authorization.ts';
import { Sha256 } from './hmac-sha256.ts';
import { readPresignedClaim } from './presigned.ts';
import type { SignableRequest } from './scope.ts';

/** What the signer promised about the body: nothing, or its SHA-256 in hex, which the reader must check. */
export type PayloadPromise =
  | { readonly state: 'unsigned' }
  | { readonly state: 'digest'; readonly sha256Hex: string };

export interface VerifierOptions {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly nowMs: () => number;
}

/** Checks a SigV4 signature by signing the request as received once more. Errors: see the two claim readers. */
export function makeVerifier(
  options: VerifierOptions,
): (request: SignableRequest) => Promise<PayloadPromise> {
  const { credentials, region } = options;
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials,
    sha256: Sha256,
    // S3 alone signs the path as it is sent, encoded once.
    uriEscapePath: false,
  });

  return async (request) => {
    const server = { accessKeyId: credentials.accessKeyId, region, nowMs: options.nowMs() };
    const inQuery = request.query.has('X-Amz-Algorithm') || request.query.has('X-Amz-Signature');
    const inHeader = request.headers.authorization !== undefined;
    if (!inQuery && !inHeader) throw new S3Error('AccessDenied', 'Access Denied');
    if (inQuery && inHeader) {
      throw new S3Error(
        'InvalidArgument',
        'Only one auth mechanism allowed; found a signed query and an Authorization header.',
      );
    }
    refuseSessionTokens(request);
    if (inHeader) {
      const payload = readPayloadPromise(request.headers['x-amz-content-sha256']);
      const claim = readAuthorizationClaim(request, server);
      const signed = await signer.sign(
        { ...toHttpRequest(request), headers: pickSignedHeaders(request, claim.signedHeaders) },
        { signingDate: new Date(claim.signedAtMs), signableHeaders: new Set(claim.signedHeaders) },
      );
      compare(/Signature=(.*)$/.exec(signed.headers.authorization ?? '')?.[1], claim.signature);
      return payload;
    }
    const claim = readPresignedClaim(request, server);
    const names = new Set(claim.signedHeaders);
    const signed = await signer.presign(
      // A body of no known type: SigV4 then signs UNSIGNED-PAYLOAD, as S3 prescribes for presigned URLs.
      { ...toHttpRequest(request), headers: pickSignedHeaders(request, claim.signedHeaders), body: {} },
      {
        signingDate: new Date(claim.signedAtMs),
        expiresIn: claim.expiresInS,
        signableHeaders: names,
        unhoistableHeaders: names,
      },
    );
    compare(signed.query?.['X-Amz-Signature'], claim.signature);
    return readPayloadPromise(request.headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD');
  };
}

function toHttpRequest({ method, path, query }: SignableRequest) {
  return { method, path, query: Object.fromEntries(query), protocol: 'http:', hostname: '' };
}

/** The signed headers with the values as received. Every `x-amz-` header must be among them, as on S3. */
function pickSignedHeaders(
  request: SignableRequest,
  signedHeaders: readonly string[],
): Record<string, string> {
  const unsigned = Object.keys(request.headers).filter(
    (name) => name.startsWith('x-amz-') && !signedHeaders.includes(name),
  );
  if (unsigned.length > 0) {
    throw new S3Error('AccessDenied', 'There were headers present in the request which were not signed', {
      details: { HeadersNotSigned: unsigned.join(', ') },
    });
  }
  const picked: Record<string, string> = {};
  for (const name of signedHeaders) {
    const value = request.headers[name];
    if (typeof value !== 'string') throw signatureDoesNotMatch();
    picked[name] = value;
  }
  return picked;
}

function readPayloadPromise(header: string | string[] | undefined): PayloadPromise {
  if (header === 'UNSIGNED-PAYLOAD') return { state: 'unsigned' };
  if (typeof header !== 'string') {
    throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  if (header.startsWith('STREAMING-')) {
    throw new S3Error('NotImplemented', 'aws-chunked bodies (STREAMING- payloads) are not implemented here.');
  }
  if (!/^[0-9a-f]{64}$/.test(header)) {
    throw new S3Error(
      'InvalidArgument',
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, or a valid sha256 value.',
    );
  }
  return { state: 'digest', sha256Hex: header };
}

function refuseSessionTokens({ query, headers }: SignableRequest): void {
  if (query.has('X-Amz-Security-Token') || headers['x-amz-security-token'] !== undefined) {
    throw new S3Error('InvalidToken', 'The provided token is malformed or otherwise invalid.');
  }
}

function compare(expected: unknown, given: string): void {
  const expectedBytes = Buffer.from(typeof expected === 'string' ? expected : '');
  const givenBytes = Buffer.from(given);
  // The length is public, 64 hex digits: only equal lengths need a comparison in constant time.
  if (
    expectedBytes.byteLength !== 64 ||
    givenBytes.byteLength !== 64 ||
    !timingSafeEqual(expectedBytes, givenBytes)
  ) {
    throw signatureDoesNotMatch();
  }
}

function signatureDoesNotMatch(): S3Error {
  return new S3Error(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  );
}

/** Checks a whole body against what its signer promised. Errors: XAmzContentSHA256Mismatch. */
export function checkPayload(body: Uint8Array, payload: PayloadPromise): void {
  checkPayloadDigest(createHash('sha256').update(body).digest('hex'), payload);
}

/** The same for a body that was hashed while it streamed by. */
export function checkPayloadDigest(sha256Hex: string, payload: PayloadPromise): void {
  if (payload.state === 'unsigned' || payload.sha256Hex === sha256Hex) return;
  throw new S3Error(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    {
      details: { ClientComputedContentSHA256: payload.sha256Hex, S3ComputedContentSHA256: sha256Hex },
    },
  );
}
