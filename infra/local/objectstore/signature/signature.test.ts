import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  BUCKET,
  CREDENTIALS,
  exchange,
  makeClient,
  REGION,
  type ServedStore,
  serveStore,
  sha256Base64,
} from '../object-store.fixture.ts';
import { Sha256 } from './hmac-sha256.ts';

const NOW_MS = Date.UTC(2026, 0, 15, 12);

describe('signatures', () => {
  let served: ServedStore;
  let nowMs = NOW_MS;
  let upload: { Bucket: string; Key: string; UploadId: string | undefined };
  beforeAll(async () => {
    served = await serveStore({ nowMs: () => nowMs });
    nowMs = Date.now();
    const { UploadId } = await served.client.send(
      new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: 'k', ChecksumAlgorithm: 'SHA256' }),
    );
    upload = { Bucket: BUCKET, Key: 'k', UploadId };
    nowMs = NOW_MS;
  });
  afterAll(() => served.close());

  const presignGet = (expiresIn = 60) =>
    getSignedUrl(served.client, new GetObjectCommand({ Bucket: BUCKET, Key: 'absent' }), {
      expiresIn,
      signingDate: new Date(NOW_MS),
    });

  const get = (url: string, headers: Record<string, string> = {}) => {
    const { pathname, search } = new URL(url);
    return exchange(served.port, { path: pathname + search, headers });
  };

  const signedHeaders = async (overrides: Record<string, string> = {}, signingDate = new Date(NOW_MS)) => {
    const signer = new SignatureV4({
      service: 's3',
      region: REGION,
      credentials: CREDENTIALS,
      sha256: Sha256,
      uriEscapePath: false,
    });
    const { headers } = await signer.sign(
      {
        method: 'POST',
        protocol: 'http:',
        hostname: '127.0.0.1',
        path: `/s3/${BUCKET}/k`,
        query: { uploads: '' },
        headers: {
          host: `127.0.0.1:${served.port}`,
          'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
          ...overrides,
        },
      },
      { signingDate },
    );
    return headers;
  };
  const post = (headers: Record<string, string>, body?: Uint8Array) =>
    exchange(served.port, { method: 'POST', path: `/s3/${BUCKET}/k?uploads`, headers }, body);

  test('a URL works until the very second that it expires', async () => {
    const url = await presignGet(60);
    nowMs = NOW_MS + 60_000;
    expect(await get(url)).toMatchObject({ status: 404, code: 'NoSuchKey' });
    nowMs = NOW_MS + 60_001;
    const late = await get(url);
    expect(late).toMatchObject({ status: 403, code: 'AccessDenied' });
    expect(late.body.toString()).toContain('Request has expired');
    nowMs = NOW_MS;
  });

  test('a URL from more than 15 minutes in the future is not valid yet', async () => {
    const url = await presignGet();
    nowMs = NOW_MS - 900_001;
    expect(await get(url)).toMatchObject({ status: 403, code: 'AccessDenied' });
    nowMs = NOW_MS;
  });

  test('no URL may live longer than seven days', async () => {
    const url = (await presignGet()).replace('X-Amz-Expires=60', 'X-Amz-Expires=604801');
    expect(await get(url)).toMatchObject({ status: 400, code: 'AuthorizationQueryParametersError' });
  });

  test('a prolonged URL is not the one that was signed', async () => {
    const url = (await presignGet()).replace('X-Amz-Expires=60', 'X-Amz-Expires=600');
    expect(await get(url)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
  });

  test.each(['X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Expires', 'X-Amz-SignedHeaders', 'X-Amz-Signature'])(
    'a URL without %s is malformed',
    async (name) => {
      const url = new URL(await presignGet());
      url.searchParams.delete(name);
      expect(await get(url.href)).toMatchObject({ status: 400, code: 'AuthorizationQueryParametersError' });
    },
  );

  test.each([
    ['a changed signature', (url: string) => url.replace(/Signature=./, 'Signature=g')],
    ['a short signature', (url: string) => url.replace(/(Signature=.{8})[^&]*/, '$1')],
    ['another key', (url: string) => url.replace('/absent', '/other')],
    ['another spelling of the key', (url: string) => url.replace('/absent', '/%61bsent')],
    ['an added override', (url: string) => `${url}&response-content-type=text/html`],
    ['an added parameter without a value', (url: string) => `${url}&uploads`],
  ])('%s does not match', async (_name, change) => {
    expect(await get(change(await presignGet()))).toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    });
  });

  test('a parameter that comes twice is refused', async () => {
    expect(await get(`${await presignGet()}&X-Amz-Expires=60`)).toMatchObject({ code: 'InvalidArgument' });
  });

  test('a URL is good for the host it was signed for only', async () => {
    const url = await presignGet();
    expect(await get(url, { host: 'elsewhere:80' })).toMatchObject({ code: 'SignatureDoesNotMatch' });
  });

  test('an x-amz- header that was not signed is refused', async () => {
    const answer = await get(await presignGet(), { 'x-amz-meta-a': 'b' });
    expect(answer).toMatchObject({ status: 403, code: 'AccessDenied' });
    expect(answer.body.toString()).toContain('<HeadersNotSigned>x-amz-meta-a</HeadersNotSigned>');
  });

  test('a checksum that was moved into the query counts for nothing', async () => {
    const bytes = Buffer.from('bytes');
    const url = await getSignedUrl(
      served.client,
      new UploadPartCommand({ ...upload, PartNumber: 1, ChecksumSHA256: sha256Base64(bytes) }),
      { signingDate: new Date(NOW_MS) },
    );
    expect(url).toContain('x-amz-checksum-sha256');
    const { pathname, search } = new URL(url);
    const answer = await exchange(
      served.port,
      { method: 'PUT', path: pathname + search, headers: { 'content-length': 5 } },
      bytes,
    );
    expect(answer).toMatchObject({ status: 400, code: 'InvalidRequest' });
  });

  test('credentials of somebody else are not known, wrong secrets do not match', async () => {
    const stranger = makeClient(served.port, { accessKeyId: 'stranger', secretAccessKey: 'x' });
    const impostor = makeClient(served.port, { ...CREDENTIALS, secretAccessKey: 'x' });
    nowMs = Date.now();
    await expect(stranger.send(new ListPartsCommand(upload))).rejects.toMatchObject({
      name: 'InvalidAccessKeyId',
    });
    await expect(impostor.send(new ListPartsCommand(upload))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
    await expect(impostor.send(new HeadBucketCommand({ Bucket: BUCKET }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
    nowMs = NOW_MS;
  });

  test('a header-signed request more than 15 minutes off is too skewed', async () => {
    expect((await post(await signedHeaders({}, new Date(NOW_MS - 900_000)))).status).toBe(200);
    for (const offMs of [-901_000, 901_000]) {
      const answer = await post(await signedHeaders({}, new Date(NOW_MS + offMs)));
      expect(answer).toMatchObject({ status: 403, code: 'RequestTimeTooSkewed' });
    }
  });

  test('a signed header must come, and with the value that was signed', async () => {
    const headers = await signedHeaders({ 'content-type': 'text/plain' });
    expect((await post(headers)).status).toBe(200);
    expect(await post({ ...headers, 'content-type': 'text/html' })).toMatchObject({
      code: 'SignatureDoesNotMatch',
    });
    const { 'content-type': _, ...without } = headers;
    expect(await post(without)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
  });

  test('a body must have the digest that was signed', async () => {
    const sha256Hex = Buffer.from(await hash('body')).toString('hex');
    const headers = await signedHeaders({ 'x-amz-content-sha256': sha256Hex });
    expect((await post(headers, Buffer.from('body'))).status).toBe(200);
    expect(await post(headers, Buffer.from('Body'))).toMatchObject({
      status: 400,
      code: 'XAmzContentSHA256Mismatch',
    });
  });

  test('aws-chunked bodies are refused in clear words', async () => {
    const headers = await signedHeaders({ 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' });
    const answer = await post(headers);
    expect(answer).toMatchObject({ status: 501, code: 'NotImplemented' });
    expect(answer.body.toString()).toContain('aws-chunked');
  });

  test('two signatures at once, or a session token that we never gave, are refused', async () => {
    const headers = await signedHeaders();
    expect(await get(await presignGet(), headers)).toMatchObject({ status: 400, code: 'InvalidArgument' });
    const withToken = await signedHeaders({ 'x-amz-security-token': 'token' });
    expect(await post(withToken)).toMatchObject({ status: 400, code: 'InvalidToken' });
  });

  test('no signature, credential or query was logged', () => {
    expect(served.logged.length).toBeGreaterThan(10);
    const text = JSON.stringify(served.logged);
    for (const secret of [
      'X-Amz',
      'Signature=',
      CREDENTIALS.secretAccessKey,
      CREDENTIALS.accessKeyId,
      'uploads=',
    ]) {
      expect(text).not.toContain(secret);
    }
  });
});

async function hash(text: string): Promise<Uint8Array> {
  const sha256 = new Sha256();
  sha256.update(text);
  return sha256.digest();
}
