import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BUCKET, type ServedStore, serveStore, sha256Base64 } from '../object-store.fixture.ts';
import { partFileName } from './part-file.ts';

describe('opening a folder again', () => {
  let served: ServedStore;
  beforeEach(async () => {
    served = await serveStore();
  });
  afterEach(() => served.close());

  const restart = async (meanwhile: () => Promise<void> = async () => undefined): Promise<void> => {
    await served.stop();
    await meanwhile();
    served = await serveStore({ folder: served.folder });
  };
  const folderOf = (uploadId: string): string => join(served.folder, 'uploads', uploadId);
  const opened = () => served.logged.find((entry) => entry.kind === 'objectstore.opened');

  const create = async (Key: string) => {
    const { UploadId = '' } = await served.client.send(
      new CreateMultipartUploadCommand({
        Bucket: BUCKET,
        Key,
        ChecksumAlgorithm: 'SHA256',
        ContentType: 'text/x',
      }),
    );
    return { Bucket: BUCKET, Key, UploadId };
  };
  type Upload = Awaited<ReturnType<typeof create>>;
  const put = (upload: Upload, text: string, PartNumber = 1) => {
    const Body = Buffer.from(text);
    return served.client.send(
      new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumSHA256: sha256Base64(Body) }),
    );
  };
  const complete = (upload: Upload, text: string) => {
    const bytes = Buffer.from(text);
    const ETag = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
    return served.client.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ChecksumSHA256: sha256Base64(bytes) }] },
      }),
    );
  };
  const read = async (Key: string) => {
    const { Body, ContentType } = await served.client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    return { text: await Body?.transformToString(), type: ContentType };
  };
  const listed = async (upload: Upload) =>
    ((await served.client.send(new ListPartsCommand(upload))).Parts ?? []).map((part) => part.ChecksumSHA256);

  test('open uploads keep their parts and can be completed', async () => {
    const upload = await create('k');
    await put(upload, 'text');
    await restart();
    expect(await listed(upload)).toEqual([sha256Base64(Buffer.from('text'))]);
    await complete(upload, 'text');
    expect(await read('k')).toEqual({ text: 'text', type: 'text/x' });
  });

  test('a process killed after the manifest was in place has completed the upload', async () => {
    const upload = await create('k');
    await put(upload, 'text');
    await put(upload, 'not listed when completing', 2);
    // Puts back what the last steps of completing remove: the state in which a kill between them leaves the folder.
    const before = `${served.folder}-before`;
    await cp(folderOf(upload.UploadId), before, { recursive: true });
    const first = await complete(upload, 'text');
    await restart(() => cp(before, folderOf(upload.UploadId), { recursive: true }));
    await rm(before, { recursive: true });

    expect(opened()).toMatchObject({ openUploadCount: 0, objectCount: 1, finishedCount: 1, damaged: [] });
    expect(await read('k')).toEqual({ text: 'text', type: 'text/x' });
    expect(await readdir(folderOf(upload.UploadId))).toHaveLength(1);
    await expect(put(upload, 'late')).rejects.toMatchObject({ name: 'NoSuchUpload' });
    expect((await complete(upload, 'text')).ETag).toBe(first.ETag);
  });

  test('a process killed before the manifest was in place has left the upload open', async () => {
    const upload = await create('k');
    await put(upload, 'text');
    await restart(() => writeFile(join(served.folder, 'incoming', 'ab'.repeat(16)), '{"format":1,"upl'));
    expect(await readdir(join(served.folder, 'incoming'))).toEqual([]);
    await expect(read('k')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await complete(upload, 'text');
  });

  test('of two files for one part the later wins', async () => {
    const upload = await create('k');
    await put(upload, 'later');
    const [name = ''] = (await readdir(folderOf(upload.UploadId))).filter((file) => file.startsWith('00001'));
    const version = Number(name.split('.')[1]);
    const sha256Hex = createHash('sha256').update('early').digest('hex');
    const earlier = partFileName({ partNumber: 1, version: version - 1, sizeBytes: 5, sha256Hex });
    await restart(() => writeFile(join(folderOf(upload.UploadId), earlier), 'early'));
    expect(await listed(upload)).toEqual([sha256Base64(Buffer.from('later'))]);
    expect((await readdir(folderOf(upload.UploadId))).sort()).toEqual([name, 'upload.json']);
  });

  test('parts that nothing refers to are removed', async () => {
    const orphan = 'cd'.repeat(16);
    await restart(async () => {
      await mkdir(folderOf(orphan));
      await writeFile(join(folderOf(orphan), 'anything'), 'x');
    });
    expect(await readdir(join(served.folder, 'uploads'))).toEqual([]);
    expect(opened()).toMatchObject({ removedCount: 1 });
  });

  test('with an unreadable manifest about, nothing is removed', async () => {
    const upload = await create('k');
    await put(upload, 'text');
    await complete(upload, 'text');
    const [manifest = ''] = await readdir(join(served.folder, 'objects'));
    const path = join(served.folder, 'objects', manifest);
    const whole = await readFile(path);
    await restart(() => writeFile(path, '{}'));
    expect(opened()).toMatchObject({ damaged: [path] });
    await restart(() => writeFile(path, whole));
    expect(await read('k')).toMatchObject({ text: 'text' });
  });

  test('an object whose part file is gone is reported and never read as a shorter one', async () => {
    const upload = await create('k');
    await put(upload, 'text');
    await complete(upload, 'text');
    const [name = ''] = await readdir(folderOf(upload.UploadId));
    await restart(() => rm(join(folderOf(upload.UploadId), name)));
    expect(opened()?.damaged).toHaveLength(1);
    await expect(read('k')).rejects.toThrow();
    expect(served.logged.at(-1)).toMatchObject({ kind: 'objectstore.read-failed' });
  });

  test('2,345 parts are found again and listed 1,000 a page', async () => {
    const upload = await create('k');
    await restart(async () => {
      const sha256Hex = createHash('sha256').update('x').digest('hex');
      for (let partNumber = 1; partNumber <= 2345; partNumber++) {
        const name = partFileName({ partNumber, version: 1, sizeBytes: 1, sha256Hex });
        await writeFile(join(folderOf(upload.UploadId), name), 'x');
      }
    });
    const numbers: (number | undefined)[] = [];
    const pageSizes: number[] = [];
    let PartNumberMarker = '0';
    for (let isTruncated = true; isTruncated; ) {
      const page = await served.client.send(
        new ListPartsCommand({ ...upload, PartNumberMarker, MaxParts: 5000 }),
      );
      pageSizes.push(page.Parts?.length ?? 0);
      numbers.push(...(page.Parts ?? []).map((part) => part.PartNumber));
      PartNumberMarker = page.NextPartNumberMarker ?? '';
      isTruncated = page.IsTruncated ?? false;
    }
    expect(pageSizes).toEqual([1000, 1000, 345]);
    expect(numbers).toEqual(Array.from({ length: 2345 }, (_, index) => index + 1));
  });

  test('open uploads are listed in pages, by key and then by upload', async () => {
    const uploads: Upload[] = [];
    for (const key of ['b', 'a', 'b', 'c', 'b']) uploads.push(await create(key));
    const found: string[] = [];
    let markers: { KeyMarker?: string; UploadIdMarker?: string } = {};
    for (;;) {
      const page = await served.client.send(
        new ListMultipartUploadsCommand({ Bucket: BUCKET, MaxUploads: 2, ...markers }),
      );
      found.push(...(page.Uploads ?? []).map((upload) => `${upload.Key} ${upload.UploadId}`));
      if (!page.IsTruncated) break;
      markers = { KeyMarker: page.NextKeyMarker ?? '', UploadIdMarker: page.NextUploadIdMarker ?? '' };
    }
    expect(found).toEqual(uploads.map(({ Key, UploadId }) => `${Key} ${UploadId}`).sort());
  });
});
