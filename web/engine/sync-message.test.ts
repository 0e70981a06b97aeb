import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stripeOf } from '../../protocol/board/bits.ts';
import { MAX_PARTS } from '../../protocol/board/geometry.ts';
import { MAX_LEASE_MS } from '../../protocol/board/lease.ts';
import { decodeUp, encode, utf8Length } from '../../protocol/codec.ts';
import { MAX_FRAME_BYTES, MAX_PARTS_PER_LIST, MAX_STRIPES_PER_SYNC } from '../../protocol/limits.ts';
import { syncMessage, type ToSay } from './sync-message.ts';
import { sha256Of } from './testing/virtual-file.ts';

const UPLOAD = 'u'.repeat(22);
const LISTS = ['done', 'hashes', 'want', 'hedge', 'release', 'renew'] as const;
type Waiting = Record<(typeof LISTS)[number], number[]>;
const NOTHING: Waiting = { done: [], hashes: [], want: [], hedge: [], release: [], renew: [] };

function message(waiting: Waiting) {
  const hashes = waiting.hashes.map((part) => ({ part, sha256: sha256Of('original', part) }));
  return syncMessage(UPLOAD, { ...waiting, hashes } satisfies ToSay, {
    leaseMs: MAX_LEASE_MS,
    rateBps: 1e9 / 3,
    backlogBytes: 1e9 / 3,
  });
}

/** The parts that a message names, by list. */
function said(sync: ReturnType<typeof message>): Waiting {
  return { ...sync, hashes: sync.hashes.map(({ part }) => part) };
}

// Parts of one stripe, of some, or of the whole of the largest upload: as a device has them, and as none ever had.
const anyParts = fc
  .constantFrom(64, 700, MAX_PARTS)
  .chain((max) => fc.uniqueArray(fc.integer({ min: 1, max }), { maxLength: 200, size: 'max' }));
const anyWaiting: fc.Arbitrary<Waiting> = fc.record({
  done: anyParts,
  hashes: anyParts,
  want: anyParts,
  hedge: anyParts,
  release: anyParts,
  renew: anyParts,
});

test('whatever is waiting, a sync is a message that the protocol takes', () => {
  fc.assert(
    fc.property(anyWaiting, (waiting) => {
      const sync = message(waiting);
      const frame = encode({ ...sync, id: Number.MAX_SAFE_INTEGER });
      expect(decodeUp(frame).ok).toBe(true);
      const parts = said(sync);
      expect(new Set(LISTS.flatMap((list) => parts[list].map(stripeOf))).size).toBeLessThanOrEqual(
        MAX_STRIPES_PER_SYNC,
      );
      for (const list of LISTS) expect(parts[list].length).toBeLessThanOrEqual(MAX_PARTS_PER_LIST);
    }),
    { numRuns: 200 },
  );
});

test('the largest sync there is takes less than a quarter of a frame', () => {
  const last = Array.from({ length: 500 }, (_, i) => MAX_PARTS - i);
  const sync = message({ done: last, hashes: last, want: last, hedge: last, release: last, renew: last });
  for (const list of LISTS) expect(sync[list]).toHaveLength(MAX_PARTS_PER_LIST);
  const sizeBytes = utf8Length(encode({ ...sync, id: Number.MAX_SAFE_INTEGER }));
  expect(sizeBytes).toBeLessThan(MAX_FRAME_BYTES / 4);
});

test('a sync says nothing that was not waiting, in the order in which it waited, and no part twice', () => {
  fc.assert(
    fc.property(anyWaiting, (waiting) => {
      const parts = said(message(waiting));
      for (const list of LISTS) {
        const left = waiting[list].filter((part) => parts[list].includes(part));
        expect(parts[list]).toEqual(left);
      }
    }),
    { numRuns: 100 },
  );
});

test('sync by sync everything that waits goes out, each time as much as there is room for', () => {
  fc.assert(
    fc.property(anyWaiting, (everything) => {
      const waiting = structuredClone(everything);
      const isWaiting = () => LISTS.some((list) => waiting[list].length > 0);
      for (let syncs = 0; isWaiting(); syncs++) {
        const parts = said(message(waiting));
        const stripes = new Set(LISTS.flatMap((list) => parts[list].map(stripeOf)));
        const lists = LISTS.filter((list) => parts[list].length === MAX_PARTS_PER_LIST);
        for (const list of LISTS) {
          waiting[list] = waiting[list].filter((part) => !parts[list].includes(part));
        }
        // What is left out is left out for one of the two reasons only.
        if (isWaiting()) expect(stripes.size === MAX_STRIPES_PER_SYNC || lists.length > 0).toBe(true);
        expect(syncs).toBeLessThan(60);
      }
    }),
    { numRuns: 100 },
  );
});

test('what others wait for comes first: reports, then hashes, before anything for the device itself', () => {
  const everyStripe = Array.from({ length: 9 }, (_, s) => 64 * s + 1);
  const full = message({ ...NOTHING, done: everyStripe, hashes: everyStripe, want: [600], renew: [1] });
  expect(full.done).toEqual(everyStripe.slice(0, 8));
  expect(full.hashes.map(({ part }) => part)).toEqual(everyStripe.slice(0, 8));
  expect(full.want).toEqual([]);
  // A lease in a stripe that is in the message anyway costs nothing more.
  expect(full.renew).toEqual([1]);
});

test('the lease asked for, the speed and the work left go as they are', () => {
  const said = { leaseMs: 25_000, rateBps: 1_234, backlogBytes: 56_789 };
  expect(syncMessage(UPLOAD, { ...NOTHING, hashes: [] }, said)).toMatchObject({
    type: 'sync',
    upload: UPLOAD,
    ...said,
  });
});
