import { createHash } from 'node:crypto';
import type { Bucket, PartToSign } from '../../functions/ports.ts';
import type { ListedPart, Sha256 } from '../../protocol/board/manifest.ts';

/** What came of a PUT of a part. */
export type StoreAnswer = { state: 'stored' } | { state: 'refused'; status: number; code: string };

interface StoredPart {
  sizeBytes: number;
  sha256: Sha256;
  etag: string;
}

interface Multipart {
  key: string;
  parts: Map<number, StoredPart>;
}

interface Signed extends PartToSign {
  s3UploadId: string;
  expiresAtMs: number;
}

export interface SimBucket extends Bucket {
  /** Takes the bytes that this hash stands for, if the address was signed for exactly those (I2). */
  put(url: string, checksum: string, bytes: { sha256: Sha256; sizeBytes: number }): StoreAnswer;
  /** Whether S3 has this part, in an upload or in an object made of it. */
  hasPart(key: string, part: number, sha256: Sha256): boolean;
  object(key: string): ReadonlyMap<number, StoredPart> | undefined;
  hasObject(): boolean;
  /** How often an object was made. */
  completions(key: string): number;
}

const SIGNED_MS = 15 * 60_000;
/** As long as a real address with a session token is; frames are metered by their length. */
const TEMPLATE_FILLER = 'x'.repeat(1_000);

/** A bucket that keeps of each part its hash and its length. Every call takes place at once. */
export function makeSimBucket(nowMs: () => number): SimBucket {
  const uploads = new Map<string, Multipart>();
  const objects = new Map<string, Map<number, StoredPart>>();
  const made = new Map<string, number>();
  const signed = new Map<string, Signed>();
  let lastId = 0;
  let writes = 0;

  return {
    async create(key) {
      const id = `s3-upload-${++lastId}`;
      uploads.set(id, { key, parts: new Map() });
      return id;
    },
    async signParts(meta, parts) {
      const expiresAtMs = nowMs() + SIGNED_MS;
      const signatures = new Map<number, string>();
      for (const part of parts) {
        const signature = String(signed.size + 1).padStart(64, '0');
        signed.set(signature, { ...part, s3UploadId: meta.s3UploadId, expiresAtMs });
        signatures.set(part.part, signature);
      }
      return {
        template: `/s3?partNumber={part}&signature={signature}&session=${TEMPLATE_FILLER}`,
        expiresAtMs,
        signatures,
      };
    },
    async signDownload() {
      return { url: '/s3/object', expiresAtMs: nowMs() + SIGNED_MS };
    },
    async listParts({ s3UploadId }) {
      const upload = uploads.get(s3UploadId);
      if (!upload) return { state: 'no-such-upload' };
      const parts = [...upload.parts].map(([part, stored]) => ({ part, ...stored }));
      return { state: 'listed', parts: parts.sort((a, b) => a.part - b.part) };
    },
    async complete({ key, s3UploadId, sizeBytes }, parts) {
      const upload = uploads.get(s3UploadId);
      if (!upload) return { state: 'no-such-upload' };
      const isSame = ({ part, etag }: ListedPart) => upload.parts.get(part)?.etag === etag;
      if (!parts.every(isSame)) return { state: 'invalid-part' };
      const bytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
      if (bytes !== sizeBytes) throw new Error(`MpuObjectSize: expected ${sizeBytes}, got ${bytes}`);
      uploads.delete(s3UploadId);
      objects.set(key, new Map(parts.map(({ part }) => [part, upload.parts.get(part) as StoredPart])));
      made.set(key, (made.get(key) ?? 0) + 1);
      return { state: 'completed', sha256: compositeOf(parts) };
    },
    async head(key) {
      const object = objects.get(key);
      if (!object) return undefined;
      const sizeBytes = [...object.values()].reduce((sum, part) => sum + part.sizeBytes, 0);
      return { sizeBytes, sha256: compositeOf([...object.values()]) };
    },
    async abort(_key, s3UploadId) {
      uploads.delete(s3UploadId);
    },
    put(url, checksum, { sha256, sizeBytes }) {
      const signature = /signature=(\d+)/.exec(url)?.[1] ?? '';
      const right = signed.get(signature);
      if (!right || right.expiresAtMs <= nowMs())
        return { state: 'refused', status: 403, code: 'AccessDenied' };
      const upload = uploads.get(right.s3UploadId);
      if (!upload) return { state: 'refused', status: 404, code: 'NoSuchUpload' };
      if (checksum !== right.sha256 || sizeBytes !== right.sizeBytes) {
        return { state: 'refused', status: 403, code: 'SignatureDoesNotMatch' };
      }
      if (sha256 !== right.sha256) return { state: 'refused', status: 400, code: 'BadDigest' };
      upload.parts.set(right.part, { sizeBytes, sha256, etag: `"${++writes}"` });
      return { state: 'stored' };
    },
    hasPart(key, part, sha256) {
      if (objects.get(key)?.get(part)?.sha256 === sha256) return true;
      return [...uploads.values()].some(
        (upload) => upload.key === key && upload.parts.get(part)?.sha256 === sha256,
      );
    },
    object: (key) => objects.get(key),
    hasObject: () => objects.size > 0,
    completions: (key) => made.get(key) ?? 0,
  };
}

function compositeOf(parts: ReadonlyArray<{ sha256: Sha256 | undefined }>): string {
  const hash = createHash('sha256');
  for (const { sha256 } of parts) hash.update(sha256 ?? '');
  return `${hash.digest('base64')}-${parts.length}`;
}
