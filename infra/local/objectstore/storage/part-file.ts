/**
 * A stored part. Its file's name says everything about it, so one rename commits bytes and description together:
 * `part number . version . size . sha256`.
 */
export interface StoredPart {
  readonly partNumber: number;
  /** Epoch milliseconds of storing it, pushed up where needed so that a later part always has a higher one. */
  readonly version: number;
  readonly sizeBytes: number;
  readonly sha256Hex: string;
}

const NAME = /^(\d{5})\.(\d{1,16})\.(\d{1,16})\.([0-9a-f]{64})$/;

export function partFileName(part: StoredPart): string {
  return `${String(part.partNumber).padStart(5, '0')}.${part.version}.${part.sizeBytes}.${part.sha256Hex}`;
}

export function parsePartFileName(name: string): StoredPart | undefined {
  const match = NAME.exec(name);
  const [, partNumber, version, sizeBytes, sha256Hex] = match ?? [];
  if (sha256Hex === undefined) return undefined;
  return {
    partNumber: Number(partNumber),
    version: Number(version),
    sizeBytes: Number(sizeBytes),
    sha256Hex,
  };
}

/** S3 promises nothing about ETags but that they change with the content; 32 hex digits is what people expect. */
export function partETag(part: StoredPart): string {
  return part.sha256Hex.slice(0, 32);
}

export function partChecksum(part: StoredPart): string {
  return Buffer.from(part.sha256Hex, 'hex').toString('base64');
}
