import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, expect, test, vi } from 'vitest';
import { BUCKET, type ServedStore, serveStore, sha256Base64 } from '../object-store.fixture.ts';

/** How many more steps on disk succeed; after the last one nothing does, as if the process had been killed there. */
const life = vi.hoisted(() => ({ stepsLeft: Number.POSITIVE_INFINITY }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const actual = await importOriginal<typeof import('node:fs/promises')>();
  type Step = (...parameters: never[]) => Promise<unknown>;
  const mortal = (step: Step): Step => {
    return async (...parameters) => {
      if (life.stepsLeft <= 0) throw new Error('killed');
      life.stepsLeft -= 1;
      return step(...parameters);
    };
  };
  return {
    ...actual,
    mkdir: mortal(actual.mkdir as Step),
    rename: mortal(actual.rename as Step),
    rm: mortal(actual.rm as Step),
    async open(...parameters: Parameters<typeof actual.open>) {
      const handle = await actual.open(...parameters);
      for (const name of ['writev', 'writeFile', 'datasync', 'sync'] as const) {
        Object.assign(handle, { [name]: mortal(handle[name].bind(handle) as Step) });
      }
      return handle;
    },
  };
});

let served: ServedStore;
afterEach(async () => {
  life.stepsLeft = Number.POSITIVE_INFINITY;
  await served.close();
});

const restart = async (): Promise<void> => {
  await served.stop();
  life.stepsLeft = Number.POSITIVE_INFINITY;
  served = await serveStore({ folder: served.folder });
  expect(served.logged[0]).toMatchObject({ kind: 'objectstore.opened', damaged: [] });
};

test('a part is listed or absent, never broken, whichever step was the last', async () => {
  served = await serveStore();
  const upload = await create(served.client);
  for (let steps = 0, isDone = false; !isDone; steps++) {
    const before = await listed(upload);
    const bytes = randomBytes(1000);
    life.stepsLeft = steps;
    isDone = await succeeds(put(upload, bytes));
    await restart();
    const after = await listed(upload);
    if (isDone) expect(after).toEqual([sha256Base64(bytes)]);
    else expect([before, [sha256Base64(bytes)]]).toContainEqual(after);
    expect(await readdir(join(served.folder, 'incoming'))).toEqual([]);
    expect(steps).toBeLessThan(50);
  }
});

test('an upload is open or its object complete, never neither, whichever step was the last', async () => {
  served = await serveStore();
  let current = randomBytes(100);
  const first = await create(served.client);
  await complete(first, current, await put(first, current));

  for (let steps = 0, isDone = false; !isDone; steps++) {
    const upload = await create(served.client);
    const replacement = randomBytes(200);
    const ETag = await put(upload, replacement);
    life.stepsLeft = steps;
    isDone = await succeeds(complete(upload, replacement, ETag));
    await restart();

    const found = await read();
    if (found.equals(replacement)) {
      await expect(listed(upload)).rejects.toMatchObject({ name: 'NoSuchUpload' });
    } else {
      expect(isDone).toBe(false);
      expect(found).toEqual(current);
      expect(await listed(upload)).toEqual([sha256Base64(replacement)]);
    }
    // Either way the finisher may simply ask again.
    await complete(upload, replacement, ETag);
    expect(await read()).toEqual(replacement);
    current = replacement;
    expect(steps).toBeLessThan(50);
  }
  await restart();
  expect(await readdir(join(served.folder, 'uploads'))).toHaveLength(1);
});

type Upload = { Bucket: string; Key: string; UploadId: string | undefined };

async function create(client: S3Client): Promise<Upload> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: 'k', ChecksumAlgorithm: 'SHA256' }),
  );
  return { Bucket: BUCKET, Key: 'k', UploadId };
}

async function put(upload: Upload, Body: Buffer): Promise<string> {
  const { ETag = '' } = await served.client.send(
    new UploadPartCommand({ ...upload, PartNumber: 1, Body, ChecksumSHA256: sha256Base64(Body) }),
  );
  return ETag;
}

function complete(upload: Upload, bytes: Buffer, ETag: string) {
  return served.client.send(
    new CompleteMultipartUploadCommand({
      ...upload,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ChecksumSHA256: sha256Base64(bytes) }] },
    }),
  );
}

async function listed(upload: Upload): Promise<(string | undefined)[]> {
  const { Parts = [] } = await served.client.send(new ListPartsCommand(upload));
  return Parts.map((part) => part.ChecksumSHA256);
}

async function read(): Promise<Buffer> {
  const { Body } = await served.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'k' }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
