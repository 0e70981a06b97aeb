import { createHash } from 'node:crypto';
import * as z from 'zod';
import { parsePartFileName, partFileName, type StoredPart } from './part-file.ts';

/** Response headers that were given when the upload was created: `content-type`, `x-amz-meta-…` and such. */
const StoredHeaders = z.record(z.string(), z.string());
const Algorithm = z.union([z.literal('SHA256'), z.null()]);

/** `upload.json`: its being there is what makes an upload open. */
export const UploadRecord = z.object({
  format: z.literal(1),
  uploadId: z.string(),
  key: z.string(),
  algorithm: Algorithm,
  headers: StoredHeaders,
  initiatedAtMs: z.number(),
});
export type UploadRecord = z.infer<typeof UploadRecord>;

/** What an object is made of. Writing it is what completes an upload; the bytes stay in the part files. */
export interface Manifest {
  readonly uploadId: string;
  readonly key: string;
  readonly algorithm: 'SHA256' | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly completedAtMs: number;
  readonly parts: readonly StoredPart[];
}

const ManifestFile = z.object({
  format: z.literal(1),
  uploadId: z.string().regex(/^[0-9a-f]{32}$/),
  key: z.string(),
  algorithm: Algorithm,
  headers: StoredHeaders,
  completedAtMs: z.number(),
  files: z.array(
    z.string().transform((name, context) => {
      const part = parsePartFileName(name);
      if (part !== undefined) return part;
      context.addIssue(`expected the name of a part file, found ${JSON.stringify(name)}`);
      return z.NEVER;
    }),
  ),
});

export function serializeManifest(manifest: Manifest): string {
  const { parts, ...rest } = manifest;
  return JSON.stringify({ format: 1, ...rest, files: parts.map(partFileName) });
}

export function parseManifest(text: string): Manifest {
  const { format: _, files, ...rest } = ManifestFile.parse(JSON.parse(text));
  return { ...rest, parts: files };
}

export function objectSizeBytes({ parts }: Pick<Manifest, 'parts'>): number {
  return parts.reduce((sum, part) => sum + part.sizeBytes, 0);
}

/** S3's COMPOSITE form: the digest of the parts' binary digests, and how many they are. */
export function compositeDigest({ parts }: Pick<Manifest, 'parts'>): { etag: string; checksum: string } {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part.sha256Hex, 'hex');
  const digest = hash.digest();
  return {
    etag: `"${digest.toString('hex').slice(0, 32)}-${parts.length}"`,
    checksum: `${digest.toString('base64')}-${parts.length}`,
  };
}
