import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ErrorKind } from '../../protocol/messages/error.ts';
import {
  PUT_AGAIN,
  RECONNECT,
  remedyForPut,
  remedyForSync,
  SYNC_AGAIN,
  type SyncRemedy,
  waitMs,
} from './retry.ts';

const BACKOFFS = { RECONNECT, PUT_AGAIN, SYNC_AGAIN };
const anyBackoff = fc.constantFrom(RECONNECT, PUT_AGAIN, SYNC_AGAIN);
/** As Math.random gives them. */
const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const ALMOST_1 = 1 - 2 ** -53;

test.for(Object.entries(BACKOFFS))('%s doubles with each failure until its longest wait', ([, backoff]) => {
  const longest = Array.from({ length: 12 }, (_, i) => waitMs(backoff, i + 1, ALMOST_1));
  expect(longest[0]).toBe(backoff.firstMs);
  for (const [i, ms] of longest.slice(1).entries()) {
    expect(ms).toBe(Math.min(backoff.lastMs, 2 * (longest[i] ?? 0)));
  }
  expect(longest.at(-1)).toBe(backoff.lastMs);
});

test('however often it failed and whatever is drawn, a wait is from a quarter to the whole of its step', () => {
  fc.assert(
    fc.property(anyBackoff, fc.integer({ min: 1, max: 1e9 }), anyRandom, (backoff, failures, random) => {
      const stepMs = waitMs(backoff, failures, ALMOST_1);
      const ms = waitMs(backoff, failures, random);
      expect(ms).toBeGreaterThanOrEqual(Math.floor(stepMs / 4));
      expect(ms).toBeLessThanOrEqual(stepMs);
      expect(stepMs).toBeLessThanOrEqual(backoff.lastMs);
    }),
  );
});

test('devices that fail together come back over three quarters of the step, not in step', () => {
  const draws = Array.from({ length: 100 }, (_, i) => waitMs(RECONNECT, 4, i / 100));
  expect(Math.min(...draws)).toBe(500);
  expect(Math.max(...draws)).toBeGreaterThan(1_980);
  expect(new Set(draws).size).toBe(100);
});

test.for([
  [{ state: 'failed', reason: 'network' }, { remedy: 'again' }],
  [{ state: 'failed', reason: 'stalled' }, { remedy: 'again' }],
  [
    { state: 'unreadable', reason: 'gone' },
    { remedy: 'stop', reason: 'file-unreadable' },
  ],
  // S3 and the store of `npm start` say the first; MinIO says the last.
  [
    { state: 'refused', status: 400, code: 'BadDigest' },
    { remedy: 'stop', reason: 'file-changed' },
  ],
  [
    { state: 'refused', status: 400, code: 'XAmzContentSHA256Mismatch' },
    { remedy: 'stop', reason: 'file-changed' },
  ],
  [
    { state: 'refused', status: 400, code: 'XAmzContentChecksumMismatch' },
    { remedy: 'stop', reason: 'file-changed' },
  ],
  // An address that has expired, one that was meant for other bytes, and a store that has its own troubles.
  [{ state: 'refused', status: 403, code: 'AccessDenied' }, { remedy: 'again' }],
  [{ state: 'refused', status: 403, code: 'SignatureDoesNotMatch' }, { remedy: 'again' }],
  [{ state: 'refused', status: 404, code: 'NoSuchUpload' }, { remedy: 'again' }],
  [{ state: 'refused', status: 503, code: 'SlowDown' }, { remedy: 'again' }],
  [{ state: 'refused', status: 502, code: '' }, { remedy: 'again' }],
] as const)('a put that ended with %j asks for %j', ([outcome, remedy]) => {
  expect(remedyForPut(outcome)).toEqual(remedy);
});

/** Every kind there is, so that whoever adds one says what it means for a device at work. */
const REMEDIES: Record<ErrorKind, SyncRemedy> = {
  malformed: { remedy: 'stop', reason: 'refused' },
  'too-long': { remedy: 'stop', reason: 'refused' },
  'unknown-type': { remedy: 'stop', reason: 'refused' },
  'wrong-version': { remedy: 'stop', reason: 'refused' },
  'hello-first': { remedy: 'rejoin' },
  'hello-twice': { remedy: 'stop', reason: 'refused' },
  'bad-size': { remedy: 'stop', reason: 'refused' },
  'not-admitted': { remedy: 'rejoin' },
  'not-joined': { remedy: 'rejoin' },
  'not-allowed': { remedy: 'stop', reason: 'not-allowed' },
  'not-proven': { remedy: 'prove' },
  'not-ready': { remedy: 'again' },
  'part-out-of-range': { remedy: 'stop', reason: 'refused' },
  'too-many-stripes': { remedy: 'stop', reason: 'refused' },
  'hash-contradicts': { remedy: 'stop', reason: 'file-changed' },
  'different-file': { remedy: 'stop', reason: 'different-file' },
  'upload-ended': { remedy: 'stop', reason: 'refused' },
  'not-finished': { remedy: 'stop', reason: 'refused' },
  'no-such-link': { remedy: 'stop', reason: 'refused' },
  'link-is-makers': { remedy: 'stop', reason: 'refused' },
  'too-many': { remedy: 'stop', reason: 'refused' },
  busy: { remedy: 'again' },
  unavailable: { remedy: 'again' },
  internal: { remedy: 'again' },
};

test.for(ErrorKind.options)('a sync that was refused as %s has its remedy', (kind) => {
  expect(remedyForSync({ kind, message: '' })).toEqual(REMEDIES[kind]);
});

test('an error that names a time to come back is tried again, unless what it says is final', () => {
  const isFinal = (kind: ErrorKind) => ['hash-contradicts', 'different-file', 'not-allowed'].includes(kind);
  for (const kind of ErrorKind.options) {
    const { remedy } = remedyForSync({ kind, message: '', minBackoffMs: 500 });
    expect(remedy === 'stop', kind).toBe(isFinal(kind));
  }
});
