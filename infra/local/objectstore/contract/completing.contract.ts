import { randomBytes } from 'node:crypto';
import { AbortMultipartUploadCommand, HeadObjectCommand, ListPartsCommand } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { type CompletedPart, PART_BYTES, put, type Rule, sha256, type Tools } from './tools.contract.ts';

/** Rules for making one object of the parts, exactly once. */
export function completionRules(rule: Rule, tools: () => Tools): void {
  rule('B11', 'completing makes one object of the parts, with a composite SHA-256', async () => {
    const { client, create, putPart, complete, getBytes, ifKnown } = tools();
    const upload = await create();
    const parts = [randomBytes(PART_BYTES), randomBytes(PART_BYTES), randomBytes(321)];
    const listed: CompletedPart[] = [];
    // Uploaded last part first: only the numbers count.
    for (const [index, bytes] of [...parts.entries()].reverse()) {
      listed.unshift(await putPart(upload, index + 1, bytes));
    }
    const result = await complete(upload, listed, 2 * PART_BYTES + 321);
    const composite = `${sha256(Buffer.concat(parts.map((bytes) => Buffer.from(sha256(bytes), 'base64'))))}-3`;
    expect(result).toMatchObject({ Key: upload.Key, ...ifKnown({ ChecksumSHA256: composite }) });
    expect(result.ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    const { Bucket, Key } = upload;
    const head = await client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({
      ContentLength: 2 * PART_BYTES + 321,
      ETag: result.ETag,
      ...ifKnown({ ChecksumSHA256: composite }),
    });
    expect((await getBytes(upload)).equals(Buffer.concat(parts))).toBe(true);
  });

  rule('B27', 'an upload that is completed has no parts to list any more', async () => {
    const { client, makeObject } = tools();
    const upload = await makeObject([randomBytes(100)]);
    await expect(client.send(new ListPartsCommand(upload))).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  rule('B12', 'completing again succeeds with the same answer', async () => {
    const { create, putPart, complete, ifKnown } = tools();
    const upload = await create();
    const part = await putPart(upload, 1, randomBytes(100));
    const first = await complete(upload, [part]);
    const second = await complete(upload, [part]);
    expect(second).toMatchObject({
      ETag: first.ETag,
      ...ifKnown({ ChecksumSHA256: first.ChecksumSHA256 }),
    });
  });

  rule('B13', 'completing with a wrong ETag or a part that is not there changes nothing', async () => {
    const { create, putPart, complete } = tools();
    const upload = await create();
    const part = await putPart(upload, 1, randomBytes(100));
    const refusal = { name: 'InvalidPart' };
    const other = `"${'0'.repeat(32)}"`;
    await expect(complete(upload, [{ ...part, ETag: other }])).rejects.toMatchObject(refusal);
    await expect(complete(upload, [part, { ...part, PartNumber: 2 }])).rejects.toMatchObject(refusal);
    await complete(upload, [part]);
  });

  rule('B26', 'completing with a wrong or missing checksum, or another size, changes nothing', async () => {
    const { create, putPart, complete } = tools();
    const upload = await create();
    const part = await putPart(upload, 1, randomBytes(100));
    const wrong = sha256(randomBytes(1));
    await expect(complete(upload, [{ ...part, ChecksumSHA256: wrong }])).rejects.toMatchObject({
      name: 'InvalidPart',
    });
    const { ChecksumSHA256: _, ...unchecked } = part;
    await expect(complete(upload, [unchecked])).rejects.toMatchObject({ name: 'InvalidRequest' });
    await expect(complete(upload, [part], 99)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    await complete(upload, [part], 100);
  });

  rule('B14', 'parts out of order, and small ones before the last, are refused', async () => {
    const { create, putPart, complete } = tools();
    const upload = await create();
    const parts = [await putPart(upload, 1, randomBytes(10)), await putPart(upload, 2, randomBytes(10))];
    await expect(complete(upload, [...parts].reverse())).rejects.toMatchObject({
      name: 'InvalidPartOrder',
    });
    await expect(complete(upload, parts)).rejects.toMatchObject({ name: 'EntityTooSmall' });
  });

  rule('B15', 'an aborted upload takes no part and cannot be completed', async () => {
    const { client, create, presign, putPart, complete } = tools();
    const upload = await create();
    const bytes = randomBytes(100);
    const part = await putPart(upload, 1, bytes);
    await client.send(new AbortMultipartUploadCommand(upload));
    const answer = await put(await presign(upload, 1, bytes), bytes, sha256(bytes));
    expect(answer).toMatchObject({ status: 404, code: 'NoSuchUpload' });
    await expect(complete(upload, [part])).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  rule('B19', 'an empty file is an upload of one empty part', async () => {
    const { makeObject, getBytes } = tools();
    const upload = await makeObject([Buffer.alloc(0)]);
    expect((await getBytes(upload)).byteLength).toBe(0);
  });

  rule('B24', 'a second upload to a key replaces the object as a whole', async () => {
    const { makeObject, getBytes } = tools();
    const first = await makeObject([Buffer.from('first')]);
    await makeObject([Buffer.from('second')], first.Key);
    expect((await getBytes(first)).toString()).toBe('second');
  });
}
