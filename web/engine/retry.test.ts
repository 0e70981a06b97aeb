import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ErrorKind } from '../../protocol/messages/error.ts';
import { FILE_AGAIN, RECONNECT, SYNC_AGAIN, waitMs } from './backoff.ts';
import type { PutOutcome } from './ports.ts';
import {
  type Failure,
  FRESH_ADDRESS,
  PATIENCE,
  PUT_AGAIN,
  type Remedy,
  remedyForPut,
  remedyForRequest,
  SLOW_DOWN,
  STORE_FULL,
} from './retry.ts';

const BACKOFFS = { RECONNECT, PUT_AGAIN, SYNC_AGAIN, SLOW_DOWN, STORE_FULL, FRESH_ADDRESS, FILE_AGAIN };
const anyBackoff = fc.constantFrom(...Object.values(BACKOFFS));
/** As Math.random gives them. */
const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const ALMOST_1 = 1 - 2 ** -53;

test.for(Object.entries(BACKOFFS))('%s doubles with each failure until its longest wait', ([, backoff]) => {
  const longest = Array.from({ length: 16 }, (_, i) => waitMs(backoff, i + 1, ALMOST_1));
  expect(longest[0]).toBe(backoff.firstMs);
  for (const [i, ms] of longest.slice(1).entries()) {
    expect(ms).toBe(Math.min(backoff.lastMs, 2 * (longest[i] ?? 0)));
  }
  expect(longest.at(-1)).toBe(backoff.lastMs);
});

test('however often it failed and whatever is drawn, a wait is within its step, and no step is above the last', () => {
  fc.assert(
    fc.property(anyBackoff, fc.integer({ min: 1, max: 1e9 }), anyRandom, (backoff, failures, random) => {
      const stepMs = waitMs(backoff, failures, ALMOST_1);
      const ms = waitMs(backoff, failures, random);
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(stepMs);
      expect(stepMs).toBeLessThanOrEqual(backoff.lastMs);
    }),
  );
});

test('devices that fail together come back spread over the whole step', () => {
  const draws = Array.from({ length: 100 }, (_, i) => waitMs(RECONNECT, 4, i / 100));
  expect(Math.min(...draws)).toBe(0);
  expect(Math.max(...draws)).toBeGreaterThan(3_900);
  expect(new Set(draws).size).toBe(100);
});

const refused = (status: number, code = ''): PutOutcome => ({ state: 'refused', status, code });

/** Row by row: what came, what it is called, what is done. */
const PUTS: Array<[Failure, PutOutcome[]]> = [
  [
    'put: no connection, or cut',
    [
      { state: 'failed', reason: 'network' },
      refused(408),
      refused(400, 'RequestTimeout'),
      refused(400, 'IncompleteBody'),
    ],
  ],
  ['put: no byte moved', [{ state: 'failed', reason: 'stalled' }]],
  [
    'put: asked too much',
    [
      refused(503, 'SlowDown'),
      refused(503),
      refused(429),
      refused(403, 'RequestLimitExceeded'),
      refused(503, 'SlowDownWrite'),
    ],
  ],
  [
    'put: the store is full',
    [
      refused(507, 'XMinioStorageFull'),
      refused(507),
      refused(400, 'XMinioAdminBucketQuotaExceeded'),
      refused(403, 'QuotaExceeded'),
    ],
  ],
  ['put: the store has its troubles', [refused(500, 'InternalError'), refused(502), refused(504)]],
  [
    'put: expired or not signed for this',
    [
      refused(403, 'AccessDenied'),
      refused(403, 'SignatureDoesNotMatch'),
      refused(403, 'RequestTimeTooSkewed'),
      refused(403),
      refused(401),
      refused(400, 'ExpiredToken'),
    ],
  ],
  ['put: no such upload', [refused(404, 'NoSuchUpload'), refused(404)]],
  [
    'put: refused for a reason of its own',
    [refused(400, 'InvalidArgument'), refused(411, 'MissingContentLength'), refused(413), refused(0)],
  ],
  [
    'put: other bytes than published',
    // S3 and the store of `npm start` say the first; MinIO says the last.
    [
      refused(400, 'BadDigest'),
      refused(400, 'XAmzContentSHA256Mismatch'),
      refused(400, 'XAmzContentChecksumMismatch'),
    ],
  ],
  ['put: the file cannot be read', [{ state: 'unreadable', reason: 'NotReadableError' }]],
];

test.for(PUTS.flatMap(([failure, outcomes]) => outcomes.map((outcome) => [outcome, failure] as const)))(
  'a put that ended with %j is “%s”, and has its remedy',
  ([outcome, failure]) => {
    if (outcome.state === 'stored' || outcome.state === 'aborted') throw new Error('that is no failure');
    expect(remedyForPut(outcome)).toEqual(PATIENCE[failure]);
  },
);

/** Every kind there is, so that whoever adds one says what it means for a device at work. */
const KINDS: Record<ErrorKind, Failure> = {
  malformed: 'request: not understood',
  'too-long': 'request: not understood',
  'unknown-type': 'request: not understood',
  'wrong-version': 'request: not understood',
  'hello-first': 'request: not on the board',
  'hello-twice': 'request: not understood',
  'bad-size': 'request: not understood',
  'not-admitted': 'request: not on the board',
  'not-joined': 'request: not on the board',
  'not-allowed': 'request: not with this link',
  'not-proven': 'request: not proven',
  'not-ready': 'request: not now',
  'part-out-of-range': 'request: not understood',
  'too-many-stripes': 'request: not understood',
  'hash-contradicts': 'request: another hash than published',
  'different-file': 'request: another file',
  'upload-ended': 'request: not understood',
  'not-finished': 'request: not understood',
  'no-such-link': 'request: not understood',
  'link-is-makers': 'request: not understood',
  'too-many': 'request: not understood',
  'too-fast': 'request: not now',
  'sign-in-first': 'request: not understood',
  'bad-token': 'request: not understood',
  'device-stopped': 'request: not understood',
  busy: 'request: not now',
  'store-full': 'request: not now',
  unavailable: 'request: not now',
  internal: 'request: not now',
};

test.for(ErrorKind.options)('a request that was refused as %s has its remedy', (kind) => {
  expect(remedyForRequest({ kind, message: '' })).toEqual(PATIENCE[KINDS[kind]]);
});

test('a request that was not answered is made again', () => {
  expect(remedyForRequest(undefined)).toEqual(PATIENCE['request: no answer']);
});

test('every row of the table is reached by something', () => {
  const reached = [...PUTS.map(([failure]) => failure), ...Object.values(KINDS), 'request: no answer'];
  expect(new Set(reached)).toEqual(new Set(Object.keys(PATIENCE)));
});

test('an error that names a time to come back is tried again, unless what it says is final', () => {
  const isFinal = (kind: ErrorKind) => ['hash-contradicts', 'different-file', 'not-allowed'].includes(kind);
  for (const kind of ErrorKind.options) {
    const { remedy } = remedyForRequest({ kind, message: '', minBackoffMs: 500 });
    expect(remedy === 'stop', kind).toBe(isFinal(kind));
  }
});

test('only what a person has to put right stops a device, and nothing that passes does', () => {
  const stopping = Object.entries(PATIENCE).filter(([, { remedy }]: [string, Remedy]) => remedy === 'stop');
  expect(stopping.map(([failure]) => failure)).toEqual([
    'put: other bytes than published',
    'put: the file cannot be read',
    'request: another hash than published',
    'request: another file',
    'request: not with this link',
    'request: not understood',
  ]);
});

test('a part stays with its device for two failures, then others may have it; a line that stalls gives it back at once', () => {
  const cut: PutOutcome = { state: 'failed', reason: 'network' };
  const stalled: PutOutcome = { state: 'failed', reason: 'stalled' };
  const tickets = [1, 2, 3, 4].map((failures) => remedyForPut(cut, failures));
  expect(tickets.map((remedy) => remedy.remedy === 'again' && remedy.ticket)).toEqual([
    'kept',
    'kept',
    'returned',
    'returned',
  ]);
  expect(remedyForPut(stalled, 1)).toMatchObject({ ticket: 'returned' });
});

test('only a store that asks for less, or has no room, makes a device carry fewer at once', () => {
  const slower = Object.entries(PATIENCE).filter(
    ([, remedy]) => 'pace' in remedy && remedy.pace === 'slower',
  );
  expect(slower.map(([failure]) => failure)).toEqual(['put: asked too much', 'put: the store is full']);
});
