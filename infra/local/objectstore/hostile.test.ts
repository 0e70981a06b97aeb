import { readdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { assert, asyncProperty, constantFrom, string, uint8Array } from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  BUCKET,
  CREDENTIALS,
  exchange,
  REGION,
  type ServedStore,
  serveStore,
} from './object-store.fixture.ts';
import { Sha256 } from './signature/hmac-sha256.ts';

describe('whatever is asked', () => {
  let served: ServedStore;
  const signer = new SignatureV4({
    service: 's3',
    region: REGION,
    credentials: CREDENTIALS,
    sha256: Sha256,
    uriEscapePath: false,
  });
  beforeAll(async () => {
    served = await serveStore();
    await writeFile(join(served.folder, 'secret'), 'nobody reads this');
  });
  afterAll(() => served.close());

  /** Sends a request for exactly this path, with a right signature. */
  const signed = async (
    method: string,
    path: string,
    query: Record<string, string> = {},
    body?: string | Buffer,
    extra: Record<string, string> = {},
  ) => {
    const { headers } = await signer.sign({
      method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path,
      query,
      headers: {
        host: `127.0.0.1:${served.port}`,
        'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
        'content-length': String(Buffer.byteLength(body ?? '')),
        ...extra,
      },
    });
    const search = new URLSearchParams(query).toString().replaceAll('+', '%20');
    const target = search === '' ? path : `${path}?${search}`;
    return exchange(
      served.port,
      { method, path: target, headers },
      body === undefined ? undefined : Buffer.from(body),
    );
  };

  test.each([
    ['/s3/tributary/../../secret', 404],
    ['/s3/tributary/..%2f..%2fsecret', 404],
    ['/s3/tributary/%2e%2e/%2e%2e/secret', 404],
    ['/s3/tributary/%252e%252e%252fsecret', 404],
    ['/s3/tributary/..\\..\\secret', 404],
    ['/s3/tributary//secret', 404],
    ['/s3/tributary/%00', 400],
    ['/s3/tributary/secret%00.png', 400],
    ['/s3/tributary/%zz', 400],
    ['/s3/tributary/%ff', 400],
    [`/s3/tributary/${'a'.repeat(1025)}`, 400],
    ['/s3/tributary%2Fsecret', 404],
    ['/s3/../secret', 404],
    ['/s3/..', 404],
    ['/s3/other/key', 404],
    ['/s3/', 404],
    ['/s3', 400],
    ['/s3x/tributary/key', 400],
    ['/', 400],
  ])('%s reaches nothing', async (path, status) => {
    const answer = await signed('GET', path);
    expect(answer.body.toString()).not.toContain('nobody reads this');
    expect(answer.status).toBe(status);
    expect(answer.code).toBeDefined();
  });

  test.each(['/s3/%74ributary/key', '/s3/tributary%2Fsecret', '/s3/../secret', '/s3//tributary/key'])(
    '%s names no bucket of ours',
    async (path) => {
      expect(await signed('GET', path)).toMatchObject({ status: 404, code: 'NoSuchBucket' });
    },
  );

  test('a whole URL in the request line is not taken for a path', async () => {
    const answer = await exchange(served.port, { path: `http://127.0.0.1/s3/${BUCKET}/secret` });
    expect(answer).toMatchObject({ status: 400, code: 'InvalidURI' });
  });

  test.each([
    ['PUT', '/s3/tributary/k', {}],
    ['POST', '/s3/tributary', { delete: '' }],
    ['GET', '/s3/tributary', {}],
    ['GET', '/s3/tributary', { 'list-type': '2' }],
    ['GET', '/s3/tributary/k', { acl: '' }],
    ['GET', '/s3/tributary/k', { versionId: 'x' }],
    ['PATCH', '/s3/tributary/k', {}],
    ['DELETE', '/s3/tributary', {}],
  ])('%s %s %o is not implemented, and says so', async (method, path, query) => {
    expect(await signed(method, path, query)).toMatchObject({ status: 501, code: 'NotImplemented' });
  });

  test('a header that would change the meaning is refused rather than ignored', async () => {
    const answer = await signed('POST', '/s3/tributary/k', { uploads: '' }, undefined, {
      'x-amz-acl': 'public-read',
    });
    expect(answer).toMatchObject({ status: 501, code: 'NotImplemented' });
  });

  test.each([
    ['nothing', ''],
    ['no XML', 'hello'],
    ['unclosed', '<CompleteMultipartUpload><Part>'],
    ['another document', '<Delete/>'],
    ['no parts', '<CompleteMultipartUpload></CompleteMultipartUpload>'],
    ['an empty part', '<CompleteMultipartUpload><Part/></CompleteMultipartUpload>'],
    [
      'an entity bomb',
      '<!DOCTYPE a [<!ENTITY b "bbbb">]><CompleteMultipartUpload>&b;</CompleteMultipartUpload>',
    ],
    ['deep nesting', '<a>'.repeat(5000)],
    ['a prototype', '<CompleteMultipartUpload><__proto__><Part/></__proto__></CompleteMultipartUpload>'],
    ['no UTF-8', Buffer.from([0x3c, 0xff, 0x3e])],
  ])('%s in place of a list of parts is malformed', async (_name, body) => {
    const query = { uploadId: 'ab'.repeat(16) };
    const answer = await signed('POST', '/s3/tributary/k', query, body);
    expect(answer).toMatchObject({ status: 400, code: 'MalformedXML' });
  });

  test('a list of parts beyond its bound is not read', async () => {
    const answer = await signed(
      'POST',
      '/s3/tributary/k',
      { uploadId: 'ab'.repeat(16) },
      ' '.repeat(4_194_305),
    );
    expect(answer).toMatchObject({ status: 400, code: 'MaxMessageLengthExceeded' });
  });

  test('what is echoed in an error is escaped', async () => {
    const answer = await signed('GET', "/s3/tributary/<b>&'");
    expect(answer.body.toString()).toContain('&lt;b&gt;&amp;&apos;');
    expect(answer.headers['content-type']).toBe('application/xml');
  });

  test('any key that S3 takes comes back as it was given', async () => {
    const keys = string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter(
      (key) => !/^\.{1,2}(\/|$)|\/\.{1,2}(\/|$)/.test(key),
    );
    await assert(
      asyncProperty(keys, async (Key) => {
        const { UploadId } = await served.client.send(
          new CreateMultipartUploadCommand({ Bucket: BUCKET, Key }),
        );
        const { Uploads } = await served.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
        expect(Uploads).toMatchObject([{ Key, UploadId }]);
        await served.client.send(new AbortMultipartUploadCommand({ Bucket: BUCKET, Key, UploadId }));
      }),
      { numRuns: 60 },
    );
    expect(await readdir(join(served.folder, 'uploads'))).toEqual([]);
  });

  test('any signed path and query is answered, and only what we name lies in the folder', async () => {
    const segment = string({ unit: 'grapheme-ascii', maxLength: 12 }).map((text) =>
      text.replace(/[^!-~]|[?#]/g, '%2f'),
    );
    const parameter = constantFrom(
      'uploads',
      'uploadId',
      'partNumber',
      'max-parts',
      'response-content-type',
      'x-id',
      '__proto__',
    );
    await assert(
      asyncProperty(
        constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
        segment,
        segment,
        parameter,
        string({ maxLength: 8 }),
        async (method, bucket, key, name, value) => {
          const path = `/s3/${bucket.length % 2 === 0 ? BUCKET : bucket}/${key}`;
          const answer = await signed(method, path, Object.fromEntries([[name, value]]));
          expect(answer.status).toBeGreaterThanOrEqual(200);
          expect(answer.status).not.toBe(500);
          expect(answer.headers['x-amz-request-id']).toMatch(/^[0-9A-F]{16}$/);
        },
      ),
      { numRuns: 200 },
    );
    expect((await readdir(served.folder)).sort()).toEqual(['incoming', 'objects', 'secret', 'uploads']);
    for (const name of await readdir(join(served.folder, 'uploads'))) expect(name).toMatch(/^[0-9a-f]{32}$/);
  });

  test('any bytes on the connection leave the store standing', async () => {
    await assert(
      asyncProperty(uint8Array({ maxLength: 200 }), async (bytes) => {
        const socket = connect(served.port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.resume();
        const closed = new Promise((resolve) => socket.once('close', resolve));
        socket.end(
          Buffer.concat([
            Buffer.from(`PUT /s3/${BUCKET}/k?partNumber=1&uploadId= HTTP/1.1\r\nHost: x\r\n`),
            bytes,
          ]),
        );
        await closed;
      }),
      { numRuns: 50 },
    );
    await served.client.send(new HeadBucketCommand({ Bucket: BUCKET }));
  });

  test('an upload id of another key, or of no shape at all, opens nothing', async () => {
    const { UploadId } = await served.client.send(
      new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: 'mine' }),
    );
    for (const id of [UploadId, '..', '../..', 'x/../../y', '%00', 'ab'.repeat(16)]) {
      const command = new UploadPartCommand({
        Bucket: BUCKET,
        Key: 'k',
        UploadId: id,
        PartNumber: 1,
        Body: 'x',
      });
      await expect(served.client.send(command)).rejects.toMatchObject({ name: 'NoSuchUpload' });
    }
  });
});
