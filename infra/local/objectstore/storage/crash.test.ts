import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BUCKET, makeClient, makeFolder, sha256Base64 } from '../object-store.fixture.ts';

const ROUNDS = 5;
/** When to kill: after so many acknowledgements, with everything else in mid-flight. */
const ACKS_BEFORE_KILL = 60;

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly client: S3Client;
  readonly opened: { finishedCount: number; damaged: string[] };
}

describe('a store that is killed', () => {
  let folder: string;
  const running: Running[] = [];
  beforeEach(async () => {
    folder = await makeFolder();
  });
  afterEach(async () => {
    for (const { child, client } of running.splice(0)) {
      client.destroy();
      await kill(child);
    }
    await rm(folder, { recursive: true, force: true });
  });

  const start = async (): Promise<Running> => {
    const program = join(import.meta.dirname, '..', 'object-store.child.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', program, folder], { stdio: 'pipe' });
    const errors = createInterface({ input: child.stderr });
    const [[port], [opened]] = await Promise.all([
      once(createInterface({ input: child.stdout }), 'line'),
      once(errors, 'line'),
    ]);
    const run = { child, port: Number(port), client: makeClient(Number(port)), opened: JSON.parse(opened) };
    running.push(run);
    return run;
  };

  test('keeps every part that it acknowledged, and every object whole', async () => {
    let run = await start();
    const { UploadId } = await run.client.send(
      new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: 'long', ChecksumAlgorithm: 'SHA256' }),
    );
    const long = { Bucket: BUCKET, Key: 'long', UploadId };
    /** Part number to what it may be: the last acknowledged bytes, and any that were sent after them. */
    const parts = new Map<number, Set<string>>();
    const ackedParts = new Set<number>();
    const objects = new Map<string, Set<string>>();
    const ackedObjects = new Set<string>();

    for (let round = 1; round <= ROUNDS; round++) {
      let acks = 0;
      let isKilled = false;
      const acknowledged = (): void => {
        acks += 1;
        if (acks !== ACKS_BEFORE_KILL) return;
        isKilled = true;
        run.child.kill('SIGKILL');
      };
      const { client } = run;

      const partLane = async (lane: number): Promise<void> => {
        for (let turn = 0; ; turn++) {
          const PartNumber = lane * 10 + (turn % 10) + 1;
          const Body = randomBytes(40_000 + turn);
          const ChecksumSHA256 = sha256Base64(Body);
          remember(parts, PartNumber, ChecksumSHA256);
          await client.send(new UploadPartCommand({ ...long, PartNumber, Body, ChecksumSHA256 }));
          parts.set(PartNumber, new Set([ChecksumSHA256]));
          ackedParts.add(PartNumber);
          acknowledged();
        }
      };
      const objectLane = async (lane: number): Promise<void> => {
        for (let turn = 0; ; turn++) {
          const Key = `object ${lane} ${turn % 3}`;
          const Body = randomBytes(1000);
          const ChecksumSHA256 = sha256Base64(Body);
          const { UploadId } = await client.send(
            new CreateMultipartUploadCommand({ Bucket: BUCKET, Key, ChecksumAlgorithm: 'SHA256' }),
          );
          const upload = { Bucket: BUCKET, Key, UploadId };
          const { ETag } = await client.send(
            new UploadPartCommand({ ...upload, PartNumber: 1, Body, ChecksumSHA256 }),
          );
          remember(objects, Key, ChecksumSHA256);
          await client.send(
            new CompleteMultipartUploadCommand({
              ...upload,
              MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ChecksumSHA256 }] },
            }),
          );
          objects.set(Key, new Set([ChecksumSHA256]));
          ackedObjects.add(Key);
          acknowledged();
        }
      };
      const lanes = await Promise.allSettled([partLane(0), partLane(1), objectLane(0), objectLane(1)]);
      expect(isKilled, String(lanes.map((lane) => lane.status === 'rejected' && lane.reason))).toBe(true);
      await kill(run.child);

      run = await start();
      expect(run.opened.damaged).toEqual([]);
      const { Parts = [] } = await run.client.send(new ListPartsCommand(long));
      const listed = new Map(Parts.map((part) => [part.PartNumber ?? 0, part.ChecksumSHA256 ?? '']));
      for (const PartNumber of ackedParts) expect(listed.has(PartNumber)).toBe(true);
      for (const [PartNumber, checksum] of listed) {
        expect(parts.get(PartNumber)).toContain(checksum);
        parts.set(PartNumber, new Set([checksum]));
      }
      for (const [Key, possible] of objects) {
        const found = await readChecksum(run.client, Key);
        if (found === undefined) expect(ackedObjects.has(Key)).toBe(false);
        else expect(possible).toContain(found);
        if (found !== undefined) objects.set(Key, new Set([found]));
      }
    }
  }, 30_000);

  test('takes a part of 256 MiB without holding it in memory', async () => {
    const { client, port } = await start();
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: 'big' }));
    const residentBytes = async (): Promise<number> => {
      const memory = (await (await fetch(`http://127.0.0.1:${port}/memory`)).json()) as { rss: number };
      return memory.rss;
    };
    const chunk = randomBytes(1_048_576);
    const samples: number[] = [];
    async function* generate(): AsyncGenerator<Buffer> {
      for (let sent = 0; sent < 256; sent++) {
        if (sent % 16 === 0) samples.push(await residentBytes());
        yield chunk;
      }
    }
    await client.send(
      new UploadPartCommand({
        Bucket: BUCKET,
        Key: 'big',
        UploadId,
        PartNumber: 1,
        Body: Readable.from(generate(), { objectMode: false }),
        ContentLength: 268_435_456,
      }),
    );
    samples.push(await residentBytes());
    const [first = 0] = samples;
    expect(Math.max(...samples) - first).toBeLessThan(100_000_000);
  }, 20_000);
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function remember<K>(possible: Map<K, Set<string>>, key: K, checksum: string): void {
  possible.set(key, (possible.get(key) ?? new Set()).add(checksum));
}

async function readChecksum(client: S3Client, Key: string): Promise<string | undefined> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    return sha256Base64((await Body?.transformToByteArray()) ?? new Uint8Array());
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}
