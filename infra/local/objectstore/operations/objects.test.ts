import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BUCKET, exchange, type ServedStore, serveStore, sha256Base64 } from '../object-store.fixture.ts';
import { parseRange } from './range.ts';

const PART_BYTES = 5_242_880; // 5 MiB

describe('objects', () => {
  let served: ServedStore;
  const parts = [randomBytes(PART_BYTES), randomBytes(PART_BYTES + 1), randomBytes(77)];
  const whole = Buffer.concat(parts);
  beforeAll(async () => {
    served = await serveStore();
    await store('whole', parts);
  });
  afterAll(() => served.close());

  const store = async (Key: string, bodies: readonly Buffer[], conditions: { IfNoneMatch?: string } = {}) => {
    const upload = {
      Bucket: BUCKET,
      Key,
      UploadId: (
        await served.client.send(
          new CreateMultipartUploadCommand({
            Bucket: BUCKET,
            Key,
            Metadata: { note: 'kept' },
            ContentType: 'a/b',
          }),
        )
      ).UploadId,
    };
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (const [index, Body] of bodies.entries()) {
      const PartNumber = index + 1;
      const { ETag } = await served.client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
      Parts.push({ PartNumber, ETag });
    }
    await served.client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...conditions }),
    );
    return upload;
  };
  const get = async (Key: string, headers: Record<string, string> = {}, method = 'GET') => {
    const Command = method === 'HEAD' ? HeadObjectCommand : GetObjectCommand;
    const url = new URL(await getSignedUrl(served.client, new Command({ Bucket: BUCKET, Key })));
    return exchange(served.port, { method, path: url.pathname + url.search, headers });
  };

  test.each([
    [0, 0],
    [PART_BYTES - 1, PART_BYTES],
    [PART_BYTES, 2 * PART_BYTES],
    [PART_BYTES - 5, 2 * PART_BYTES + 40],
    [2 * PART_BYTES, 2 * PART_BYTES + 1],
    [0, whole.byteLength - 1],
  ])('the range from %i to %i is just those bytes, across parts', async (first, last) => {
    const answer = await get('whole', { range: `bytes=${first}-${last}` });
    expect(answer.status).toBe(206);
    expect(answer.headers['content-range']).toBe(`bytes ${first}-${last}/${whole.byteLength}`);
    expect(answer.body.equals(whole.subarray(first, last + 1))).toBe(true);
  });

  test('an impossible range is answered with the size', async () => {
    const answer = await get('whole', { range: `bytes=${whole.byteLength}-` });
    expect(answer).toMatchObject({ status: 416, code: 'InvalidRange' });
    expect(answer.headers['content-range']).toBe(`bytes */${whole.byteLength}`);
  });

  test('a download is resumed only if the object is still the same', async () => {
    const { etag = '' } = (await get('whole', {}, 'HEAD')).headers;
    expect((await get('whole', { range: 'bytes=0-9', 'if-range': etag })).status).toBe(206);
    expect((await get('whole', { range: 'bytes=0-9', 'if-range': '"other-1"' })).status).toBe(200);
    expect((await get('whole', { 'if-none-match': etag })).status).toBe(304);
    expect(await get('whole', { 'if-match': '"other-1"' })).toMatchObject({
      status: 412,
      code: 'PreconditionFailed',
    });
  });

  test('a HEAD tells all that a GET would, without the bytes', async () => {
    const [head, got] = [await get('whole', {}, 'HEAD'), await get('whole')];
    for (const name of ['content-length', 'content-type', 'etag', 'last-modified', 'x-amz-meta-note']) {
      expect(head.headers[name]).toBe(got.headers[name]);
    }
    expect(head.headers['x-amz-meta-note']).toBe('kept');
    expect(head.body.byteLength).toBe(0);
  });

  test('nothing stored can run in the origin that it shares with the page', async () => {
    for (const answer of [
      await get('whole'),
      await get('absent'),
      await get('whole', { range: 'bytes=0-1' }),
    ]) {
      expect(answer.headers['content-security-policy']).toBe("sandbox; default-src 'none'");
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    }
  });

  test('an override that no header can carry is refused', async () => {
    const command = new GetObjectCommand({
      Bucket: BUCKET,
      Key: 'whole',
      ResponseContentDisposition: 'a\r\nx: y',
    });
    const url = new URL(await getSignedUrl(served.client, command));
    const answer = await exchange(served.port, { path: url.pathname + url.search });
    expect(answer).toMatchObject({ status: 400, code: 'InvalidArgument' });
  });

  test.each(['replaced', 'deleted'])(
    'a download goes on although its object is %s meanwhile',
    async (fate) => {
      const { UploadId = '' } = await store(fate, parts);
      const url = new URL(
        await getSignedUrl(served.client, new GetObjectCommand({ Bucket: BUCKET, Key: fate })),
      );
      const request = httpRequest({
        host: '127.0.0.1',
        port: served.port,
        path: url.pathname + url.search,
      }).end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      if (fate === 'deleted')
        await served.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: fate }));
      else await store(fate, [Buffer.from('new')]);
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      expect(Buffer.concat(chunks).equals(whole)).toBe(true);
      if (fate === 'replaced') expect((await get(fate)).body.toString()).toBe('new');
      else expect((await get(fate)).status).toBe(404);
      await served.store.close();
      expect(await readdir(join(served.folder, 'uploads'))).not.toContain(UploadId);
      await served.stop();
      served = await serveStore({ folder: served.folder });
    },
  );

  test('completing on condition that there is no object is refused when there is one', async () => {
    await store('once', [Buffer.from('1')], { IfNoneMatch: '*' });
    await expect(store('once', [Buffer.from('2')], { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    expect((await get('once')).body.toString()).toBe('1');
  });

  test('many completions of one upload at once agree', async () => {
    const Key = 'raced';
    const { UploadId } = await served.client.send(
      new CreateMultipartUploadCommand({ Bucket: BUCKET, Key, ChecksumAlgorithm: 'SHA256' }),
    );
    const Body = randomBytes(10);
    const part = { Bucket: BUCKET, Key, UploadId, PartNumber: 1, Body, ChecksumSHA256: sha256Base64(Body) };
    const { ETag } = await served.client.send(new UploadPartCommand(part));
    const command = new CompleteMultipartUploadCommand({
      Bucket: BUCKET,
      Key,
      UploadId,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ChecksumSHA256: sha256Base64(Body) }] },
    });
    const answers = await Promise.all(Array.from({ length: 10 }, () => served.client.send(command)));
    expect(new Set(answers.map((answer) => answer.ETag)).size).toBe(1);
    expect((await get(Key)).body).toEqual(Body);
  });
});

test.each([
  [undefined, { state: 'whole' }],
  ['bytes=0-', { state: 'range', first: 0, last: 9 }],
  ['bytes=3-99', { state: 'range', first: 3, last: 9 }],
  ['bytes=-99', { state: 'range', first: 0, last: 9 }],
  ['bytes=-0', { state: 'unsatisfiable' }],
  ['bytes=10-10', { state: 'unsatisfiable' }],
  ['bytes=5-4', { state: 'whole' }],
  ['bytes=-', { state: 'whole' }],
  ['bytes=0-1,3-4', { state: 'whole' }],
  ['items=0-1', { state: 'whole' }],
])('the range %j of ten bytes is %o', (header, expected) => {
  expect(parseRange(header, 10)).toEqual(expected);
});
