import { randomBytes } from 'node:crypto';
import { ListPartsCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { PART_BYTES, put, type Rule, sha256, type Tools } from './tools.contract.ts';

/** Rules for uploading parts, as any device does it: through presigned URLs. */
export function partRules(rule: Rule, tools: () => Tools): void {
  rule('B2', 'a part put through its URL is listed with its size, ETag and SHA-256', async () => {
    const { client, create, putPart, ifKnown } = tools();
    const upload = await create();
    const bytes = randomBytes(70_000);
    const { ETag } = await putPart(upload, 3, bytes);
    const { Parts } = await client.send(new ListPartsCommand(upload));
    expect(Parts).toMatchObject([
      { PartNumber: 3, Size: 70_000, ETag, ...ifKnown({ ChecksumSHA256: sha256(bytes) }) },
    ]);
  });

  rule('B3', 'other bytes of the same length are refused and not listed', async () => {
    const { client, create, presign } = tools();
    const upload = await create();
    const bytes = randomBytes(1000);
    const answer = await put(await presign(upload, 1, bytes), randomBytes(1000), sha256(bytes));
    expect(answer).toMatchObject({ status: 400, code: 'BadDigest' });
    expect((await client.send(new ListPartsCommand(upload))).Parts ?? []).toEqual([]);
  });

  rule('B4', 'another checksum than the signed one is refused', async () => {
    const { create, presign } = tools();
    const upload = await create();
    const [bytes, other] = [randomBytes(1000), randomBytes(1000)];
    const answer = await put(await presign(upload, 1, bytes), other, sha256(other));
    expect(answer).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
  });

  rule('B5', 'another length than the signed one is refused', async () => {
    const { create, presign } = tools();
    const upload = await create();
    const bytes = randomBytes(1000);
    const answer = await put(await presign(upload, 1, bytes), bytes.subarray(1), sha256(bytes));
    expect(answer).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
  });

  rule('B6', 'a part without its signed checksum header is refused', async () => {
    const { create, presign } = tools();
    const upload = await create();
    const bytes = randomBytes(1000);
    expect(await put(await presign(upload, 1, bytes), bytes)).toMatchObject({ status: 403 });
  });

  rule('B7', 'a URL is good for its own part number only', async () => {
    const { create, presign } = tools();
    const upload = await create();
    const bytes = randomBytes(1000);
    const url = (await presign(upload, 1, bytes)).replace('partNumber=1', 'partNumber=2');
    expect(await put(url, bytes, sha256(bytes))).toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    });
  });

  rule('B8', 'an expired URL is refused', async () => {
    const { create, presign } = tools();
    const upload = await create();
    const bytes = randomBytes(1000);
    const url = await presign(upload, 1, bytes, new Date(Date.now() - 1_000_000));
    expect(await put(url, bytes, sha256(bytes))).toMatchObject({ status: 403, code: 'AccessDenied' });
  });

  rule('B9', 'a part that is uploaded again replaces the earlier one', async () => {
    const { client, create, putPart, complete, getBytes } = tools();
    const upload = await create();
    const [first, second] = [randomBytes(10), randomBytes(20)];
    const { ETag } = await putPart(upload, 1, first);
    const replaced = await putPart(upload, 1, second);
    const { Parts } = await client.send(new ListPartsCommand(upload));
    expect(Parts).toMatchObject([{ Size: 20, ETag: replaced.ETag }]);
    await expect(
      complete(upload, [{ PartNumber: 1, ETag, ChecksumSHA256: sha256(first) }]),
    ).rejects.toMatchObject({ name: 'InvalidPart' });
    await complete(upload, [replaced]);
    expect(await getBytes(upload)).toEqual(second);
  });

  rule('B10', 'parts are listed in pages, in order, whatever order they came in', async () => {
    const { client, create, putPart } = tools();
    const upload = await create();
    for (const part of [5, 1, 4, 2, 10]) await putPart(upload, part, Buffer.from(`part ${part}`));
    const pages: number[][] = [];
    let PartNumberMarker: string | undefined;
    for (;;) {
      const page = await client.send(
        new ListPartsCommand({
          ...upload,
          MaxParts: 2,
          ...(PartNumberMarker === undefined ? {} : { PartNumberMarker }),
        }),
      );
      pages.push((page.Parts ?? []).map((part) => part.PartNumber ?? 0));
      if (!page.IsTruncated) break;
      PartNumberMarker = page.NextPartNumberMarker;
    }
    expect(pages).toEqual([[1, 2], [4, 5], [10]]);
  });

  rule('B18', 'a page of another origin may put parts and read what became of them', async () => {
    const { create, presign } = tools();
    const upload = await create();
    const bytes = randomBytes(10);
    const url = await presign(upload, 1, bytes);
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://page.example',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'x-amz-checksum-sha256',
      },
    });
    expect(preflight.ok).toBe(true);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(
      'x-amz-checksum-sha256',
    );
    for (const body of [bytes, randomBytes(10)]) {
      const response = await fetch(url, {
        method: 'PUT',
        body: new Uint8Array(body),
        headers: { origin: 'https://page.example', 'x-amz-checksum-sha256': sha256(bytes) },
      });
      await response.arrayBuffer();
      expect(response.headers.get('access-control-allow-origin')).toMatch(/^(\*|https:\/\/page\.example)$/);
      expect(response.headers.get('access-control-expose-headers')?.toLowerCase()).toContain('etag');
    }
  });

  rule('B25', 'a part may also be sent through the client itself', async () => {
    const { client, create, complete, getBytes, ifKnown } = tools();
    const upload = await create();
    const bytes = randomBytes(PART_BYTES);
    const { ETag, ChecksumSHA256 } = await client.send(
      new UploadPartCommand({ ...upload, PartNumber: 1, Body: bytes, ChecksumSHA256: sha256(bytes) }),
    );
    expect({ ChecksumSHA256 }).toMatchObject(ifKnown({ ChecksumSHA256: sha256(bytes) }));
    await complete(upload, [{ PartNumber: 1, ETag: ETag ?? '', ChecksumSHA256: sha256(bytes) }]);
    expect((await getBytes(upload)).equals(bytes)).toBe(true);
  });
}
