const MIB = 1_048_576;

/** S3's smallest part, except the last. Also the part size of every file up to 48.8 GiB. */
export const MIN_PART_BYTES = 5 * MIB;
/** S3's largest part. */
export const MAX_PART_BYTES = 5_120 * MIB; // 5 GiB
/** S3's most parts in one upload. */
export const MAX_PARTS = 10_000;
/** S3's largest object, 48.8 TiB. */
export const MAX_FILE_BYTES = MAX_PARTS * MAX_PART_BYTES;
/** Tickets in a stripe: a bitmap of 64 bits. */
export const STRIPE_PARTS = 64;

/** How a file of `sizeBytes` is cut: `parts` parts of `partBytes`, the last one perhaps smaller. */
export interface Geometry {
  sizeBytes: number;
  partBytes: number;
  parts: number;
  stripes: number;
}

/** A byte range, `startByte` included, `endByte` not. */
export interface PartRange {
  startByte: number;
  endByte: number;
}

/** [G4] */
export function isFileSize(sizeBytes: number): boolean {
  return Number.isSafeInteger(sizeBytes) && sizeBytes >= 0 && sizeBytes <= MAX_FILE_BYTES;
}

/** [G1] to [G4]. Throws RangeError for what `isFileSize` refuses. */
export function geometryOf(sizeBytes: number): Geometry {
  if (!isFileSize(sizeBytes)) {
    throw new RangeError(
      `a file size is a whole number of bytes from 0 to ${MAX_FILE_BYTES}; got ${sizeBytes}`,
    );
  }
  const partBytes = Math.max(MIN_PART_BYTES, Math.ceil(sizeBytes / MAX_PARTS / MIB) * MIB);
  const parts = Math.max(1, Math.ceil(sizeBytes / partBytes));
  return { sizeBytes, partBytes, parts, stripes: Math.ceil(parts / STRIPE_PARTS) };
}

export function isPartOf(geometry: Geometry, part: number): boolean {
  return Number.isInteger(part) && part >= 1 && part <= geometry.parts;
}

/** Throws RangeError for a part that the file does not have. */
export function partRange(geometry: Geometry, part: number): PartRange {
  if (!isPartOf(geometry, part)) {
    throw new RangeError(`this file has parts 1 to ${geometry.parts}; got ${part}`);
  }
  const startByte = (part - 1) * geometry.partBytes;
  return { startByte, endByte: Math.min(startByte + geometry.partBytes, geometry.sizeBytes) };
}

/** The length of a part in bytes. */
export function partLength(geometry: Geometry, part: number): number {
  const { startByte, endByte } = partRange(geometry, part);
  return endByte - startByte;
}

/** The length of the last part where it is smaller than the others; else undefined. */
export function shortLastBytes({ sizeBytes, partBytes, parts }: Geometry): number | undefined {
  const bytes = sizeBytes - (parts - 1) * partBytes;
  return bytes < partBytes ? bytes : undefined;
}
