import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drainBody } from './http/body.ts';
import { BUCKET, exchange, type ServedStore, serveStore, sha256Base64 } from './object-store.fixture.ts';

const PART_BYTES = 5_242_880; // 5 MiB

describe('the bodies of parts', () => {
  let served: ServedStore;
  beforeEach(async () => {
    served = await serveStore({ expectMounted: true });
  });
  afterEach(() => served.close());

  const create = async (ChecksumAlgorithm?: 'SHA256') => {
    const Key = 'a/b';
    const { UploadId } = await served.client.send(
      new CreateMultipartUploadCommand({
        Bucket: BUCKET,
        Key,
        ...(ChecksumAlgorithm === undefined ? {} : { ChecksumAlgorithm }),
      }),
    );
    return { Bucket: BUCKET, Key, UploadId };
  };
  const presign = async (
    fields: { UploadId: string | undefined; Bucket: string; Key: string },
    PartNumber = 1,
  ) => {
    const url = new URL(await getSignedUrl(served.client, new UploadPartCommand({ ...fields, PartNumber })));
    return url.pathname + url.search;
  };
  const put = (path: string, body: Uint8Array, headers: Record<string, string | number> = {}) =>
    exchange(
      served.port,
      { method: 'PUT', path, headers: { 'content-length': body.byteLength, ...headers } },
      body,
    );
  const filesBelow = async (name: string): Promise<string[]> =>
    (await readdir(join(served.folder, name), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && entry.name !== 'upload.json')
      .map((entry) => entry.name);

  test('a refused body is read to its end, and the connection serves the next request', async () => {
    const path = (await presign(await create())).replace(/Signature=.{8}/, 'Signature=00000000');
    const body = randomBytes(PART_BYTES);
    const socket = connect(served.port, '127.0.0.1');
    const answers = collect(socket);
    socket.write(`PUT ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.byteLength}\r\n\r\n`);
    socket.write(body);
    await answers.until('</Error>');
    expect(answers.text()).toMatch(/^HTTP\/1\.1 403 /);
    expect(answers.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
    expect(answers.text()).not.toMatch(/connection: close/i);
    socket.write('OPTIONS /s3/x HTTP/1.1\r\nHost: x\r\n\r\n');
    await answers.until('HTTP/1.1 204 ');
    socket.destroy();
  });

  test.each([
    [
      'an unknown upload',
      404,
      'NoSuchUpload',
      async () => presign({ ...(await create()), UploadId: 'ab'.repeat(16) }),
    ],
    ['a part number of 0', 400, 'InvalidArgument', async () => presign(await create(), 0)],
    ['a part number of 10,001', 400, 'InvalidArgument', async () => presign(await create(), 10_001)],
    ['no checksum where one is due', 400, 'InvalidRequest', async () => presign(await create('SHA256'))],
  ])('%s is seen as %i %s by a client that sends 5 MiB', async (_what, status, code, path) => {
    expect(await put(await path(), randomBytes(PART_BYTES))).toMatchObject({ status, code });
    expect(await filesBelow('')).toEqual([]);
  });

  test('the refusal of a body is sent when the body is', async () => {
    const path = (await presign(await create())).replace(/Signature=.{8}/, 'Signature=00000000');
    const socket = connect(served.port, '127.0.0.1');
    const answers = collect(socket);
    socket.write(`PUT ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n`);
    await new Promise((resolve) => socket.write(randomBytes(100_000), resolve));
    // Another whole exchange takes longer than refusing a signature does.
    await create();
    expect(answers.text()).toBe('');
    socket.write(randomBytes(100_000));
    await answers.until('</Error>');
    socket.destroy();
  });

  test('a part with the wrong digest, and one that was replaced, leave no file behind', async () => {
    const upload = await create();
    const putChecked = async (body: string, checksum: string) => {
      const fields = { ...upload, PartNumber: 1, ChecksumSHA256: checksum };
      const url = new URL(
        await getSignedUrl(served.client, new UploadPartCommand(fields), {
          unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
        }),
      );
      return put(url.pathname + url.search, Buffer.from(body), { 'x-amz-checksum-sha256': checksum });
    };
    expect(await putChecked('first', sha256Base64(Buffer.from('first')))).toMatchObject({ status: 200 });
    expect(await putChecked('second', sha256Base64(Buffer.from('second')))).toMatchObject({ status: 200 });
    expect(await putChecked('wrong', sha256Base64(Buffer.from('right')))).toMatchObject({
      status: 400,
      code: 'BadDigest',
    });
    const hex = createHash('sha256').update('second').digest('hex');
    expect(await filesBelow('')).toEqual([expect.stringContaining(hex)]);
  });

  test('parts that arrive while their upload is aborted are stored or refused, and nothing stays', async () => {
    const upload = await create();
    const paths = await Promise.all(Array.from({ length: 20 }, (_, index) => presign(upload, index + 1)));
    const puts = paths.map((path) => put(path, randomBytes(1000)));
    await Promise.race(puts);
    await served.client.send(new AbortMultipartUploadCommand(upload));
    for (const answer of await Promise.all(puts)) {
      if (answer.status !== 200) expect(answer).toMatchObject({ status: 404, code: 'NoSuchUpload' });
    }
    expect(await filesBelow('')).toEqual([]);
  });

  test('a body that is too long to be drained is given up', async () => {
    const results: boolean[] = [];
    const server = createServer(async (request, response) => {
      results.push(await drainBody(request, 100_000));
      response.setHeader('connection', 'close').end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    for (const sizeBytes of [100_000, 100_001]) {
      const request = httpRequest({ port, host: '127.0.0.1', method: 'PUT', agent: false });
      request.on('error', () => undefined).end(Buffer.alloc(sizeBytes));
      await once(request, 'close');
    }
    expect(results).toEqual([true, false]);
    server.close();
  });

  test('a length is required, and 5 GiB are the most', async () => {
    const path = await presign(await create());
    const chunked = await exchange(
      served.port,
      { method: 'PUT', path, headers: { 'transfer-encoding': 'chunked' } },
      Buffer.from('x'),
    );
    expect(chunked).toMatchObject({ status: 411, code: 'MissingContentLength' });
    const socket = connect(served.port, '127.0.0.1');
    const answers = collect(socket);
    socket.write(
      `PUT ${path} HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\nExpect: 100-continue\r\nContent-Length: 5368709121\r\n\r\n`,
    );
    await answers.until('</Error>');
    expect(answers.text()).toContain('<Code>EntityTooLarge</Code>');
    socket.destroy();
  });

  test('a client that expects a 100 is refused before it sends, and told to go on when all is well', async () => {
    const path = await presign(await create());
    const head = (target: string) =>
      `PUT ${target} HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`;
    const refused = connect(served.port, '127.0.0.1');
    const refusal = collect(refused);
    refused.write(head(path.replace(/Signature=.{8}/, 'Signature=00000000')));
    await once(refused, 'end');
    expect(refusal.text()).toMatch(/^HTTP\/1\.1 403 /);

    const welcome = connect(served.port, '127.0.0.1');
    const answers = collect(welcome);
    welcome.write(head(path));
    await answers.until('100 Continue\r\n\r\n');
    welcome.write('bytes');
    await answers.until('HTTP/1.1 200 ');
    welcome.destroy();
  });

  test.each(['not base64!', 'AAAA', `${'A'.repeat(43)}B=`, sha256Base64(Buffer.from('')).replace('=', '')])(
    'the malformed checksum %j is refused as such',
    async (checksum) => {
      const upload = await create('SHA256');
      const url = new URL(
        await getSignedUrl(
          served.client,
          new UploadPartCommand({ ...upload, PartNumber: 1, ChecksumSHA256: checksum }),
          { unhoistableHeaders: new Set(['x-amz-checksum-sha256']) },
        ),
      );
      const answer = await put(url.pathname + url.search, Buffer.from(''), {
        'x-amz-checksum-sha256': checksum,
      });
      expect(answer).toMatchObject({ status: 400, code: 'InvalidRequest' });
    },
  );

  test('a client that goes away in mid-body leaves nothing behind', async () => {
    const upload = await create();
    const path = await presign(upload);
    const arrived = new Promise<void>((resolve) => {
      served.server.prependListener('request', (request) => {
        let sizeBytes = 0;
        request.on('data', (chunk: Buffer) => {
          sizeBytes += chunk.byteLength;
          if (sizeBytes >= 3_000_000) resolve();
        });
        // Attaching a listener starts the flow: hand it back to the store, which does so when it is ready.
        request.pause();
      });
    });
    const request = httpRequest({
      host: '127.0.0.1',
      port: served.port,
      method: 'PUT',
      path,
      headers: { 'content-length': PART_BYTES },
    });
    request.on('error', () => undefined);
    request.write(randomBytes(3_000_000));
    await arrived;
    expect(await filesBelow('incoming')).toHaveLength(1);
    request.destroy();
    await served.stop();
    expect(await filesBelow('')).toEqual([]);
    expect(served.logged.filter((entry) => entry.kind !== 'objectstore.opened')).toEqual([]);
  });

  test('every length around the write batches is stored as it came', async () => {
    const upload = await create();
    const lengths = [0, 1, 65_535, 65_537, 1_048_575, 1_048_576, 1_048_577, 3_145_729];
    for (const [index, sizeBytes] of lengths.entries()) {
      const bytes = randomBytes(sizeBytes);
      const answer = await put(await presign(upload, index + 1), bytes);
      const etag = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
      expect(answer).toMatchObject({ status: 200, headers: { etag: `"${etag}"` } });
    }
    const { Parts } = await served.client.send(new ListPartsCommand(upload));
    expect(Parts?.map((part) => part.Size)).toEqual(lengths);
  });

  test('a body in thousands of tiny pieces is stored as it came', async () => {
    const upload = await create();
    const bytes = randomBytes(3000);
    const socket = connect(served.port, '127.0.0.1');
    socket.setNoDelay(true);
    const answers = collect(socket);
    socket.write(
      `PUT ${await presign(upload)} HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\nContent-Length: 3000\r\n\r\n`,
    );
    for (const byte of bytes) await new Promise((resolve) => socket.write(Buffer.from([byte]), resolve));
    await answers.until('HTTP/1.1 200 ');
    expect(answers.text()).toContain(createHash('sha256').update(bytes).digest('hex').slice(0, 32));
    socket.destroy();
  });
});

/** What came over a socket so far, and a way to wait for something in it. */
function collect(socket: ReturnType<typeof connect>) {
  let text = '';
  let wake: () => void = () => undefined;
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    wake();
  });
  return {
    text: () => text,
    async until(part: string) {
      while (!text.includes(part)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
