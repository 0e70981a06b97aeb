/**
 * Measures the store in a process of its own, over loopback: `npx tsx infra/local/objectstore/object-store.bench.ts`.
 * Arguments: GiB to upload (1), MiB per part (5), parts in flight (4).
 */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListPartsCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

const MIB = 1_048_576;
const [totalGib = 1, partMib = 5, inFlight = 4] = process.argv.slice(2).map(Number);
const partCount = Math.ceil((totalGib * 1024) / partMib);
const bucket = 'tributary';
const Key = 'measured.bin';

const folder = await mkdtemp(join(tmpdir(), 'objectstore-bench-'));
const child = spawn(
  process.execPath,
  ['--import', 'tsx', join(import.meta.dirname, 'object-store.child.ts'), folder],
  { stdio: ['ignore', 'pipe', 'ignore'] },
);
const lines = createInterface({ input: child.stdout });
const { value: port } = await lines[Symbol.asyncIterator]().next();
const endpoint = `http://127.0.0.1:${port}`;
const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
const client = new S3Client({
  endpoint: `${endpoint}/s3`,
  forcePathStyle: true,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local-key', secretAccessKey: 'local-secret' },
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
});

try {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket: bucket, Key, ChecksumAlgorithm: 'SHA256' }),
  );
  const body = randomBytes(partMib * MIB);
  const ChecksumSHA256 = createHash('sha256').update(body).digest('base64');
  const urls: string[] = [];
  for (let part = 1; part <= partCount; part++) {
    const command = new UploadPartCommand({
      Bucket: bucket,
      Key,
      UploadId,
      PartNumber: part,
      ContentLength: body.byteLength,
      ChecksumSHA256,
    });
    urls.push(
      await getSignedUrl(client, command, { unhoistableHeaders: new Set(['x-amz-checksum-sha256']) }),
    );
  }

  const etags: string[] = [];
  let next = 0;
  const uploadMs = await timed(async () => {
    const lane = async (): Promise<void> => {
      for (let index = next++; index < partCount; index = next++) {
        etags[index] = await put(urls[index] ?? '', body, ChecksumSHA256);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
  });
  report(`upload, ${partCount} parts of ${partMib} MiB, ${inFlight} in flight`, uploadMs);
  const memory = (await (await fetch(`${endpoint}/memory`)).json()) as { rss: number };
  process.stdout.write(`server RSS afterwards: ${(memory.rss / MIB).toFixed(0)} MiB\n`);

  const listMs = await timed(async () => {
    await client.send(new ListPartsCommand({ Bucket: bucket, Key, UploadId }));
  });
  process.stdout.write(`ListParts: ${listMs.toFixed(1)} ms\n`);
  const completeMs = await timed(async () => {
    await client.send(
      new CompleteMultipartUploadCommand({
        Bucket: bucket,
        Key,
        UploadId,
        MultipartUpload: {
          Parts: etags.map((ETag, index) => ({ PartNumber: index + 1, ETag, ChecksumSHA256 })),
        },
      }),
    );
  });
  process.stdout.write(`Complete: ${completeMs.toFixed(1)} ms\n`);

  const url = await getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key }));
  const downloadMs = await timed(async () => {
    await new Promise<void>((resolve, reject) => {
      httpRequest(url, (response) => void response.resume().on('end', resolve).on('error', reject)).end();
    });
  });
  report('download, one stream', downloadMs);
} finally {
  child.kill('SIGKILL');
  agent.destroy();
  client.destroy();
  await rm(folder, { recursive: true, force: true });
}

function put(url: string, body: Buffer, checksum: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      {
        method: 'PUT',
        agent,
        headers: { 'content-length': body.byteLength, 'x-amz-checksum-sha256': checksum },
      },
      (response) => {
        response.resume();
        if (response.statusCode === 200) resolve(response.headers.etag ?? '');
        else reject(new Error(`expected 200, got ${response.statusCode}`));
      },
    );
    request.on('error', reject).end(body);
  });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function report(what: string, durationMs: number): void {
  const rate = (partCount * partMib * 1000) / durationMs;
  process.stdout.write(`${what}: ${rate.toFixed(0)} MiB/s\n`);
}
