import { createHash } from 'node:crypto';
import { S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { UploadMeta } from '../ports.ts';
import { metaOf } from '../table/contract/tools.contract.ts';
import { CHECKSUM_HEADER } from './part-signatures.ts';
import { makeSigner, type SignerOptions, s3Config } from './signer.ts';

const NOW_MS = Date.UTC(2026, 10, 25, 23, 59, 59);
const OPTIONS: SignerOptions & { bucket: string } = {
  bucket: 'a-bucket',
  region: 'eu-central-1',
  endpoint: undefined,
  forcePathStyle: false,
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret/with+signs=' },
  publicPath: undefined,
  nowMs: () => NOW_MS,
};

const PARTS = [1, 2, 25, 999, 10_000].map((part) => ({
  part,
  sizeBytes: part === 10_000 ? 1 : 5_242_880 + part,
  sha256: createHash('sha256').update(`part ${part}`).digest('base64'),
}));

/** What the SDK makes of the command itself, for one part. */
async function sdkUrl(
  options: SignerOptions,
  meta: UploadMeta,
  part: (typeof PARTS)[number],
  atMs = NOW_MS,
): Promise<URL> {
  const command = new UploadPartCommand({
    Bucket: options.bucket,
    Key: meta.key,
    UploadId: meta.s3UploadId,
    PartNumber: part.part,
    ContentLength: part.sizeBytes,
    ChecksumSHA256: part.sha256,
  });
  const url = await getSignedUrl(new S3Client(s3Config(options)), command, {
    signingDate: new Date(atMs),
    expiresIn: 900,
    unhoistableHeaders: new Set([CHECKSUM_HEADER]),
  });
  return new URL(url);
}

const queryOf = (url: URL) => Object.fromEntries(url.searchParams);

afterEach(() => vi.unstubAllEnvs());

describe('every address of a grant is the one that the SDK makes for its part', () => {
  test.for([
    ['on S3', OPTIONS],
    ['on a store by its path', { ...OPTIONS, endpoint: 'http://127.0.0.1:9000/store', forcePathStyle: true }],
    ['on a store at the usual port', { ...OPTIONS, endpoint: 'https://store.example', forcePathStyle: true }],
  ] as const)('%s', async ([, options]) => {
    // An upload id as S3 makes them, and characters that have to be escaped.
    const meta = metaOf({ s3UploadId: "VXBsb2Fk.IElE~_-!'()*/+= x" });
    const signed = await makeSigner(options).signParts(meta, PARTS, 'ignored');
    for (const part of PARTS) {
      const ours = new URL(
        signed.template
          .replace('{part}', String(part.part))
          .replace('{signature}', signed.signatures.get(part.part) ?? ''),
      );
      const theirs = await sdkUrl(options, meta, part);
      expect([ours.origin, ours.pathname]).toEqual([theirs.origin, theirs.pathname]);
      expect(queryOf(ours)).toEqual(queryOf(theirs));
    }
  });

  test('with the session token of a role', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'ASIAEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'of a role');
    vi.stubEnv('AWS_SESSION_TOKEN', 'a token/with+signs==');
    const options = { ...OPTIONS, credentials: undefined };
    const meta = metaOf();
    const signed = await makeSigner(options).signParts(meta, PARTS, 'ignored');
    for (const part of PARTS) {
      const theirs = await sdkUrl(options, meta, part);
      expect(theirs.searchParams.get('X-Amz-Security-Token')).toBe('a token/with+signs==');
      expect(signed.signatures.get(part.part)).toBe(theirs.searchParams.get('X-Amz-Signature'));
    }
  });

  test('at any later time, and on the next day', async () => {
    const meta = metaOf();
    let nowMs = NOW_MS;
    const options = { ...OPTIONS, nowMs: () => nowMs };
    const signer = makeSigner(options);
    const expectSame = async () => {
      const signed = await signer.signParts(meta, PARTS, 'ignored');
      for (const part of PARTS) {
        const theirs = await sdkUrl(options, meta, part, nowMs);
        expect(new URL(signed.template).searchParams.get('X-Amz-Date')).toBe(
          theirs.searchParams.get('X-Amz-Date'),
        );
        expect(signed.signatures.get(part.part)).toBe(theirs.searchParams.get('X-Amz-Signature'));
      }
    };
    await expectSame();
    for (const laterMs of [500, 60_000, 86_400_000]) {
      nowMs += laterMs;
      await expectSame();
    }
  });
});
