import type { ErrorKind, ProtocolError } from '../../protocol/messages/error.ts';
import { saysStoreFull } from '../../protocol/store-full.ts';
import { type Backoff, SYNC_AGAIN } from './backoff.ts';
import type { PutOutcome } from './ports.ts';

export const PUT_AGAIN: Backoff = { firstMs: 500, lastMs: 20_000 };
/** S3 scales up within minutes when it is asked less: whoever insists is refused for longer. */
export const SLOW_DOWN: Backoff = { firstMs: 2_000, lastMs: 60_000 };
/** Somebody has to make room first, and every try sends a whole part for nothing. */
export const STORE_FULL: Backoff = { firstMs: 5_000, lastMs: 60_000 };
/** What was wrong was the address; a fresh one may be right at once. */
export const FRESH_ADDRESS: Backoff = { firstMs: 50, lastMs: 20_000 };

/** Why a device stopped carrying, until a person does something or its file is back. */
export type StopReason = 'file-changed' | 'different-file' | 'file-unreadable' | 'not-allowed' | 'refused';

/** The part, or the request, again after a wait. */
interface Again {
  remedy: 'again';
  backoff: Backoff;
  /** Whether the part stays with this device while it waits, or may be another's meanwhile. */
  ticket: 'kept' | 'returned';
  /** `slower`: fewer in flight from now on. */
  pace: 'same' | 'slower';
}
export type Remedy =
  | Again
  /** The board has to be opened anew first. */
  | { remedy: 'rejoin'; backoff: Backoff }
  /** This device has to show again that it has the file. */
  | { remedy: 'prove'; backoff: Backoff }
  /** All tickets go back, and nothing is tried again by itself. */
  | Stop;
interface Stop {
  remedy: 'stop';
  reason: StopReason;
}

const again = (backoff: Backoff, ticket: Again['ticket'] = 'kept', pace: Again['pace'] = 'same'): Again => ({
  remedy: 'again',
  backoff,
  ticket,
  pace,
});
const stop = (reason: StopReason): Stop => ({ remedy: 'stop', reason });

/** Everything that can go wrong between a device and its upload, and what is done about it. */
export const PATIENCE = {
  // A part on its way to the store.
  'put: no connection, or cut': again(PUT_AGAIN),
  'put: no byte moved': again(PUT_AGAIN, 'returned'),
  'put: asked too much': again(SLOW_DOWN, 'kept', 'slower'),
  'put: the store is full': again(STORE_FULL, 'returned', 'slower'),
  'put: the store has its troubles': again(PUT_AGAIN),
  // By the store's clock and nobody else's: an address signed now is good now, whatever time this device believes in.
  'put: expired or not signed for this': again(FRESH_ADDRESS),
  // The upload may be over; asking for the next ticket tells.
  'put: no such upload': again(PUT_AGAIN),
  'put: refused for a reason of its own': again(PUT_AGAIN, 'returned'),
  'put: other bytes than published': stop('file-changed'),
  'put: the file cannot be read': stop('file-unreadable'),

  // A message to the server.
  'request: no answer': again(SYNC_AGAIN),
  'request: not now': again(SYNC_AGAIN),
  'request: not on the board': { remedy: 'rejoin', backoff: SYNC_AGAIN },
  'request: not proven': { remedy: 'prove', backoff: SYNC_AGAIN },
  'request: another hash than published': stop('file-changed'),
  'request: another file': stop('different-file'),
  'request: not with this link': stop('not-allowed'),
  'request: not understood': stop('refused'),
} as const satisfies Record<string, Remedy>;

export type Failure = keyof typeof PATIENCE;

/** From so many failures in a row on, a part is left to the others while it waits: their line may be better. */
const KEPT_FAILURES = 3;

/** The remedy of a put, with the number of times that this part has failed in a row. */
export function remedyForPut(
  outcome: Exclude<PutOutcome, { state: 'stored' | 'aborted' }>,
  failures = 1,
): Again | Stop {
  const remedy = PATIENCE[failureOfPut(outcome)];
  if (remedy.remedy !== 'again' || failures < KEPT_FAILURES) return remedy;
  return { ...remedy, ticket: 'returned' };
}

/** What to do about a request that was refused, or (no error) not answered. */
export function remedyForRequest(error: ProtocolError | undefined): Remedy {
  return PATIENCE[failureOfRequest(error)];
}

/** What S3 calls bytes that are not those of their checksum, and what MinIO calls them. */
const OTHER_BYTES = new Set(['BadDigest', 'XAmzContentSHA256Mismatch', 'XAmzContentChecksumMismatch']);
/** What S3 and its kin say with a 4xx or a 503 when they mean "later". */
const ASKED_TOO_MUCH = new Set(['SlowDown', 'SlowDownWrite', 'TooManyRequests', 'RequestLimitExceeded']);
/** S3 says 400 to these, which are nobody's mistake. */
const LINE_TROUBLES = new Set(['RequestTimeout', 'IncompleteBody']);
/** Some stores say 400 in place of 403. */
const OLD_ADDRESS = new Set([
  'ExpiredToken',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'TokenRefreshRequired',
]);

/** The store has no room for the part, nor for any other. */
export function isStoreFull(outcome: PutOutcome): boolean {
  return outcome.state === 'refused' && saysStoreFull(outcome.status, outcome.code);
}

/** The store has compared the bytes with the hash that was published of them, and found others. */
export function isOtherBytes(outcome: PutOutcome): boolean {
  return outcome.state === 'refused' && OTHER_BYTES.has(outcome.code);
}

function failureOfPut(outcome: Exclude<PutOutcome, { state: 'stored' | 'aborted' }>) {
  if (outcome.state === 'unreadable') return 'put: the file cannot be read';
  if (outcome.state === 'failed') {
    return outcome.reason === 'stalled' ? 'put: no byte moved' : 'put: no connection, or cut';
  }
  const { status, code } = outcome;
  if (isOtherBytes(outcome)) return 'put: other bytes than published';
  if (isStoreFull(outcome)) return 'put: the store is full';
  if (status === 503 || status === 429 || ASKED_TOO_MUCH.has(code)) return 'put: asked too much';
  if (status >= 500) return 'put: the store has its troubles';
  if (status === 408 || LINE_TROUBLES.has(code)) return 'put: no connection, or cut';
  if (status === 401 || status === 403 || OLD_ADDRESS.has(code)) return 'put: expired or not signed for this';
  if (status === 404) return 'put: no such upload';
  return 'put: refused for a reason of its own';
}

const BY_KIND: Partial<Record<ErrorKind, Failure & `request: ${string}`>> = {
  'hello-first': 'request: not on the board',
  'not-joined': 'request: not on the board',
  // The link has run out or was taken back: opening it again says so to the person.
  'not-admitted': 'request: not on the board',
  'not-proven': 'request: not proven',
  'hash-contradicts': 'request: another hash than published',
  'different-file': 'request: another file',
  'not-allowed': 'request: not with this link',
  'too-fast': 'request: not now',
  busy: 'request: not now',
  'store-full': 'request: not now',
  'not-ready': 'request: not now',
  unavailable: 'request: not now',
  internal: 'request: not now',
};

/** An error that names a time to come back is worth trying again; any other unknown one is a fault that stays one. */
function failureOfRequest(error: ProtocolError | undefined): Failure & `request: ${string}` {
  if (!error) return 'request: no answer';
  const known = BY_KIND[error.kind];
  if (known) return known;
  return error.minBackoffMs === undefined ? 'request: not understood' : 'request: not now';
}
