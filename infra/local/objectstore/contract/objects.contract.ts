import { randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { expect } from 'vitest';
import { PART_BYTES, type Rule, type Tools } from './tools.contract.ts';

/** Rules for the bucket, for finished objects and for who may ask. */
export function objectRules(rule: Rule, tools: () => Tools): void {
  rule('B1', 'the bucket is there, another one is not', async () => {
    const { client, bucket } = tools();
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
    await expect(client.send(new HeadBucketCommand({ Bucket: `${bucket}-2` }))).rejects.toThrow();
  });

  rule('B16', 'a range is answered with just those bytes, an impossible one with 416', async () => {
    const { makeObject, getBytes } = tools();
    const parts = [randomBytes(PART_BYTES), randomBytes(1000)];
    const whole = Buffer.concat(parts);
    const upload = await makeObject(parts);
    const across = await getBytes(upload, `bytes=${PART_BYTES - 10}-${PART_BYTES + 9}`);
    expect(across).toEqual(whole.subarray(PART_BYTES - 10, PART_BYTES + 10));
    expect(await getBytes(upload, 'bytes=-7')).toEqual(whole.subarray(-7));
    expect(await getBytes(upload, `bytes=${whole.byteLength - 3}-`)).toEqual(whole.subarray(-3));
    await expect(getBytes(upload, `bytes=${whole.byteLength}-`)).rejects.toMatchObject({
      $metadata: { httpStatusCode: 416 },
    });
  });

  rule('B17', 'a signed download carries the name and type that were asked for', async () => {
    const { client, makeObject } = tools();
    const { Bucket, Key } = await makeObject([Buffer.from('<script>alert(1)</script>')]);
    const disposition = `attachment; filename*=UTF-8''${encodeURIComponent('Übung 1.txt')}`;
    const command = new GetObjectCommand({
      Bucket,
      Key,
      ResponseContentDisposition: disposition,
      ResponseContentType: 'text/plain',
      ResponseCacheControl: 'no-store',
    });
    const response = await fetch(await getSignedUrl(client, command));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-disposition')).toBe(disposition);
    expect(response.headers.get('content-type')).toBe('text/plain');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe('<script>alert(1)</script>');
  });

  rule('B20', 'keys keep their slashes, spaces, signs and scripts', async () => {
    const { client, bucket, makeObject, getBytes } = tools();
    const key = `contract/ä ö/日本語/+ & % # ? '"<>\u{1f600}/~..x`;
    const upload = await makeObject([Buffer.from('here')], key);
    expect((await getBytes(upload)).toString()).toBe('here');
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  });

  rule('B21', 'a deleted object is gone, and deleting it again is fine', async () => {
    const { client, makeObject, getBytes } = tools();
    const upload = await makeObject([randomBytes(10)]);
    const { Bucket, Key } = upload;
    await client.send(new DeleteObjectCommand({ Bucket, Key }));
    await expect(getBytes(upload)).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(client.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
    await client.send(new DeleteObjectCommand({ Bucket, Key }));
  });

  rule('B22', 'open uploads are listed by prefix', async () => {
    const { client, bucket, create, makeObject } = tools();
    const prefix = `contract/list-${randomBytes(4).toString('hex')}/`;
    const open = [await create(`${prefix}a`), await create(`${prefix}b`)];
    await makeObject([randomBytes(1)], `${prefix}c`);
    const { Uploads } = await client.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }),
    );
    expect(Uploads?.map((upload) => upload.UploadId)).toEqual(open.map((upload) => upload.UploadId));
    for (const upload of open) await client.send(new AbortMultipartUploadCommand(upload));
  });

  rule('B23', 'an unsigned request is refused', async () => {
    const { client, makeObject } = tools();
    const { Bucket, Key } = await makeObject([randomBytes(10)]);
    const url = new URL(await getSignedUrl(client, new GetObjectCommand({ Bucket, Key })));
    url.search = '';
    expect((await fetch(url)).status).toBe(403);
  });
}
