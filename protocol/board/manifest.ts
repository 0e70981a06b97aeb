import { type Geometry, partLength } from './geometry.ts';

/** A SHA-256 in base64, as in S3's `x-amz-checksum-sha256`. */
export type Sha256 = string;

/** A part as S3 lists it. */
export interface ListedPart {
  part: number;
  sizeBytes: number;
  sha256: Sha256 | undefined;
  etag: string;
}

/** [F2] Parts that S3 lacks, or has with other bytes than the manifest says. Ascending. */
export function missingParts(
  geometry: Geometry,
  manifest: ReadonlyMap<number, Sha256>,
  listed: Iterable<ListedPart>,
): number[] {
  const sound = new Set<number>();
  for (const { part, sizeBytes, sha256 } of listed) {
    if (part > geometry.parts) continue;
    if (sizeBytes === partLength(geometry, part) && sha256 !== undefined && sha256 === manifest.get(part))
      sound.add(part);
  }
  return Array.from({ length: geometry.parts }, (_, i) => i + 1).filter((part) => !sound.has(part));
}
