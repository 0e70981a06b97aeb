import { createHash, randomBytes } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { expect } from 'vitest';

export const PART_BYTES = 5_242_880; // 5 MiB, the least that S3 takes for all parts but the last

/** Declares one rule of the contract: a test whose name carries the rule's id. */
export type Rule = (id: string, sentence: string, check: () => Promise<void>) => void;

export interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

export interface CompletedPart {
  readonly PartNumber: number;
  readonly ETag: string;
  readonly ChecksumSHA256: string;
}

export type Tools = ReturnType<typeof makeTools>;

/** The steps of an upload, each done as the product does it. `knowsSha256`: see OpenBucket. */
export function makeTools(client: S3Client, bucket: string, knowsSha256 = true) {
  /** What is said and expected of checksums, where the endpoint knows any. */
  const ifKnown = <Fields extends object>(fields: Fields): Partial<Fields> => (knowsSha256 ? fields : {});

  const create = async (Key = `contract/${randomBytes(6).toString('hex')}`): Promise<Upload> => {
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ Bucket: bucket, Key, ChecksumAlgorithm: 'SHA256' }),
    );
    if (UploadId === undefined) throw new Error('expected an UploadId');
    return { Bucket: bucket, Key, UploadId };
  };

  /** The URL as a device gets it: bound to the part, its length and its bytes. */
  const presign = (upload: Upload, PartNumber: number, bytes: Uint8Array, signingDate = new Date()) =>
    getSignedUrl(
      client,
      new UploadPartCommand({
        ...upload,
        PartNumber,
        ContentLength: bytes.byteLength,
        ChecksumSHA256: sha256(bytes),
      }),
      { expiresIn: 900, signingDate, unhoistableHeaders: new Set(['x-amz-checksum-sha256']) },
    );

  const putPart = async (upload: Upload, PartNumber: number, bytes: Uint8Array): Promise<CompletedPart> => {
    const answer = await put(await presign(upload, PartNumber, bytes), bytes, sha256(bytes));
    expect(answer).toMatchObject({ status: 200 });
    return { PartNumber, ETag: answer.etag, ChecksumSHA256: sha256(bytes) };
  };

  const complete = (upload: Upload, Parts: Partial<CompletedPart>[], MpuObjectSize?: number) =>
    client.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: {
          Parts: Parts.map(({ ChecksumSHA256, ...part }) => ({ ...part, ...ifKnown({ ChecksumSHA256 }) })),
        },
        ...(MpuObjectSize === undefined ? {} : { MpuObjectSize }),
      }),
    );

  const makeObject = async (parts: readonly Uint8Array[], key?: string): Promise<Upload> => {
    const upload = await create(key);
    const completed: CompletedPart[] = [];
    for (const [index, bytes] of parts.entries()) completed.push(await putPart(upload, index + 1, bytes));
    await complete(upload, completed);
    return upload;
  };

  const getBytes = async ({ Bucket, Key }: Upload, Range?: string): Promise<Buffer> => {
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket, Key, ...(Range === undefined ? {} : { Range }) }),
    );
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };

  return { client, bucket, ifKnown, create, presign, putPart, complete, makeObject, getBytes };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}

/** As a browser sends it: the length is the body's, the checksum a header. */
export async function put(url: string, body: Uint8Array, checksum?: string) {
  const response = await fetch(url, {
    method: 'PUT',
    body: new Uint8Array(body),
    ...(checksum === undefined ? {} : { headers: { 'x-amz-checksum-sha256': checksum } }),
  });
  const text = await response.text();
  return {
    status: response.status,
    etag: response.headers.get('etag') ?? '',
    code: /<Code>(.*?)<\/Code>/.exec(text)?.[1],
  };
}
