import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BUCKET, type ServedStore, serveStore, sha256Base64 } from './object-store.fixture.ts';

/** How many bytes the pretended disk still takes, and what it says then. */
const disk = vi.hoisted(() => ({ roomBytes: Number.POSITIVE_INFINITY, code: 'ENOSPC' }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const actual = await importOriginal<typeof import('node:fs/promises')>();
  const failure = () => Object.assign(new Error(`${disk.code}: pretended`), { code: disk.code });
  return {
    ...actual,
    async open(...parameters: Parameters<typeof actual.open>) {
      const handle = await actual.open(...parameters);
      const take = (bytes: Buffer): Buffer => {
        if (disk.roomBytes === 0) throw failure();
        const taken = bytes.subarray(0, disk.roomBytes);
        disk.roomBytes -= taken.byteLength;
        return taken;
      };
      const write = handle.write.bind(handle) as (bytes: Buffer) => Promise<{ bytesWritten: number }>;
      // As file systems do: what still fits is taken, and only the next write fails.
      return Object.assign(handle, {
        write: async (bytes: Buffer, offset = 0) => write(take(bytes.subarray(offset))),
        writev: async (buffers: Buffer[]) => write(take(Buffer.concat(buffers))),
        writeFile: async (text: string) => {
          if (Buffer.byteLength(text) > disk.roomBytes) throw failure();
          await write(Buffer.from(text));
        },
      });
    },
  };
});

describe('a full disk', () => {
  let served: ServedStore;
  beforeEach(async () => {
    served = await serveStore();
  });
  afterEach(() => {
    disk.roomBytes = Number.POSITIVE_INFINITY;
    disk.code = 'ENOSPC';
    return served.close();
  });

  const create = async () => {
    const { UploadId } = await served.client.send(
      new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: 'k', ChecksumAlgorithm: 'SHA256' }),
    );
    return { Bucket: BUCKET, Key: 'k', UploadId };
  };
  const put = (upload: Awaited<ReturnType<typeof create>>, Body: Buffer) =>
    served.client.send(
      new UploadPartCommand({ ...upload, PartNumber: 1, Body, ChecksumSHA256: sha256Base64(Body) }),
    );
  const partFiles = async () =>
    (await readdir(served.folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && entry.name !== 'upload.json')
      .map((entry) => join(entry.parentPath, entry.name));

  test.each([0, 1_000_000, 4_000_000])(
    'that takes %i bytes of a part more is named in the answer, and nothing is left behind',
    async (roomBytes) => {
      const upload = await create();
      const bytes = randomBytes(5_242_880);
      disk.roomBytes = roomBytes;
      await expect(put(upload, bytes)).rejects.toMatchObject({
        name: 'XMinioStorageFull',
        message: expect.stringContaining('disk that holds the object store is full'),
        $metadata: { httpStatusCode: 507 },
      });
      expect(await partFiles()).toEqual([]);
      disk.roomBytes = Number.POSITIVE_INFINITY;
      await put(upload, bytes);
    },
  );

  test('that takes no manifest leaves the upload open, to be completed later', async () => {
    const upload = await create();
    const bytes = randomBytes(100);
    const { ETag } = await put(upload, bytes);
    const complete = () =>
      served.client.send(
        new CompleteMultipartUploadCommand({
          ...upload,
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ChecksumSHA256: sha256Base64(bytes) }] },
        }),
      );
    disk.roomBytes = 0;
    disk.code = 'EDQUOT';
    await expect(complete()).rejects.toMatchObject({ name: 'XMinioStorageFull' });
    expect(await partFiles()).toHaveLength(1);
    disk.roomBytes = Number.POSITIVE_INFINITY;
    await complete();
  });

  test('that takes no new upload leaves nothing of it', async () => {
    disk.roomBytes = 0;
    await expect(create()).rejects.toMatchObject({ name: 'XMinioStorageFull' });
    expect(await readdir(join(served.folder, 'uploads'))).toEqual([]);
  });

  test('is told from a broken one, which is logged', async () => {
    const upload = await create();
    disk.roomBytes = 0;
    disk.code = 'EIO';
    await expect(put(upload, randomBytes(100))).rejects.toMatchObject({ name: 'InternalError' });
    expect(served.logged.at(-1)).toMatchObject({
      kind: 'objectstore.failed',
      error: expect.stringContaining('EIO'),
    });
  });
});
