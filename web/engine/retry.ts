import type { ErrorKind, ProtocolError } from '../../protocol/messages/error.ts';
import type { PutOutcome } from './ports.ts';

/**
 * Waits double from the first to the last; each is drawn from a quarter to the whole of its step, so that devices do not
 * come back all at once.
 */
export interface Backoff {
  firstMs: number;
  lastMs: number;
}

export const RECONNECT: Backoff = { firstMs: 250, lastMs: 15_000 };
export const PUT_AGAIN: Backoff = { firstMs: 300, lastMs: 20_000 };
export const SYNC_AGAIN: Backoff = { firstMs: 250, lastMs: 15_000 };
/** A file that cannot be read is looked for again: a drive may come back. */
export const FILE_AGAIN: Backoff = { firstMs: 2_000, lastMs: 30_000 };

/** `failures` in a row so far, 1 at the first. `random` from 0 to below 1. */
export function waitMs(backoff: Backoff, failures: number, random: number): number {
  const ceilingMs = Math.min(backoff.lastMs, backoff.firstMs * 2 ** Math.min(30, failures - 1));
  return Math.round(ceilingMs * (0.25 + 0.75 * random));
}

/** Why a device stopped carrying for good, until a person does something. */
export type StopReason = 'file-changed' | 'different-file' | 'file-unreadable' | 'not-allowed' | 'refused';

/** What to do about a put that did not store its part. */
export type PutRemedy =
  /** The part again, after a wait, with a new ticket. */
  { remedy: 'again' } | { remedy: 'stop'; reason: StopReason };

/** What S3 calls bytes that are not those of their checksum, and what MinIO calls them. */
const OTHER_BYTES: ReadonlySet<string> = new Set([
  'BadDigest',
  'XAmzContentSHA256Mismatch',
  'XAmzContentChecksumMismatch',
]);

export function remedyForPut(outcome: Exclude<PutOutcome, { state: 'stored' | 'aborted' }>): PutRemedy {
  if (outcome.state === 'failed') return { remedy: 'again' };
  if (outcome.state === 'unreadable') return { remedy: 'stop', reason: 'file-unreadable' };
  // The bytes are not those of the manifest: S3 itself has compared them.
  if (OTHER_BYTES.has(outcome.code)) return { remedy: 'stop', reason: 'file-changed' };
  // All else is tried again with a new ticket: an expired address gets a fresh one, and if the upload is over (S3 says
  // NoSuchUpload then), asking for the ticket tells so. The clock of this device plays no part in signing.
  return { remedy: 'again' };
}

/** What to do about a sync that was answered with an error. */
export type SyncRemedy =
  | { remedy: 'again' }
  | { remedy: 'rejoin' }
  | { remedy: 'prove' }
  | { remedy: 'stop'; reason: StopReason };

const SYNC_REMEDIES: Partial<Record<ErrorKind, SyncRemedy>> = {
  'hello-first': { remedy: 'rejoin' },
  'not-joined': { remedy: 'rejoin' },
  // The link has run out or was taken back: opening it again says so to the person.
  'not-admitted': { remedy: 'rejoin' },
  'not-proven': { remedy: 'prove' },
  'hash-contradicts': { remedy: 'stop', reason: 'file-changed' },
  'different-file': { remedy: 'stop', reason: 'different-file' },
  'not-allowed': { remedy: 'stop', reason: 'not-allowed' },
  busy: { remedy: 'again' },
  'not-ready': { remedy: 'again' },
  unavailable: { remedy: 'again' },
  internal: { remedy: 'again' },
};

/** An error that names a time to come back is worth trying again; any other unknown one is a fault that stays one. */
export function remedyForSync(error: ProtocolError): SyncRemedy {
  const known = SYNC_REMEDIES[error.kind];
  if (known) return known;
  return error.minBackoffMs === undefined ? { remedy: 'stop', reason: 'refused' } : { remedy: 'again' };
}
