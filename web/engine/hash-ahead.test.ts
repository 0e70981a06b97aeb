import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import { makeReplica } from '../../protocol/board/replica.ts';
import { anyBoardHistory, THREE_STRIPES } from '../../test/board-arbitraries.ts';
import { hashAheadTarget, makeRefill, mayPublish, stripesForHashing, unknownParts } from './hash-ahead.ts';
import { deviceOn } from './testing/device.ts';
import { makeRulesServer, SECRETS } from './testing/rules-server.ts';
import { makeVirtualClock } from './testing/virtual-clock.ts';
import { makeVirtualFile, type VirtualFileOptions } from './testing/virtual-file.ts';
import { makeUpload } from './upload.ts';

const MIB = 1_048_576;

test.for([
  ['nothing measured, nobody helps', undefined, 0, 24],
  ['nothing measured, helpers wait', undefined, 2, 64],
  ['a line slower than the disk', 2 * MIB, 0, 256],
  ['a line slower than the disk, helpers wait', 2 * MIB, 2, 256],
  ['a line slower than the disk, a crowd waits', 2 * MIB, 199, 1_200],
  ['a line that stalls', 0, 0, 256],
  ['a line that hashing would slow down', 40 * MIB, 0, 24],
  ['a line that hashing would slow down, helpers wait', 200 * MIB, 2, 64],
] as const)('%s: so many parts are kept hashed', ([, rateBps, helpers, parts]) => {
  expect(hashAheadTarget(rateBps, helpers)).toBe(parts);
});

test('for a crowd several stripes are hashed side by side, a stripe to ten of them', () => {
  expect([0, 1, 9, 10, 49, 199].map(stripesForHashing)).toEqual([1, 1, 1, 2, 5, 20]);
  const replica = makeReplica(THREE_STRIPES);
  const hashed = new Set<number>();
  for (let i = 0; i < 60; i++) {
    // Two at once, and the list is made anew each time.
    for (const part of unknownParts(replica, 2, (one) => hashed.has(one), 2)) hashed.add(part);
  }
  const counts = [1, 65, 129].map((first) =>
    [...hashed].filter((part) => part >= first && part < first + 64),
  );
  expect(counts.map(({ length }) => length)).toEqual([60, 60, 0]);
});

test('the next to be hashed are the first that nobody knows, that are not done and that were not hashed here', () => {
  const hashedHere = fc
    .uniqueArray(fc.integer({ min: 1, max: THREE_STRIPES.parts }))
    .map((parts) => new Set(parts));
  fc.assert(
    fc.property(anyBoardHistory(), hashedHere, fc.nat({ max: 200 }), ({ newest }, hashed, count) => {
      const replica = makeReplica(THREE_STRIPES);
      for (const stripe of newest) replica.merge(stripe);
      const lacking = Array.from({ length: THREE_STRIPES.parts }, (_, i) => i + 1).filter(
        (part) => !replica.isKnown(part) && !replica.isDone(part) && !hashed.has(part),
      );
      expect(unknownParts(replica, count, (part) => hashed.has(part))).toEqual(lacking.slice(0, count));
    }),
    { numRuns: 100 },
  );
});

/** An owner who has just chosen a file of so many parts. */
function begun(parts: number, options: Omit<VirtualFileOptions, 'sizeBytes'>) {
  const clock = makeVirtualClock();
  const server = makeRulesServer(clock);
  const file = makeVirtualFile(clock, { sizeBytes: parts * MIN_PART_BYTES, ...options });
  const info = { name: file.name, sizeBytes: file.sizeBytes, type: '' };
  const upload = makeUpload(
    deviceOn(clock, server, 'laptop'),
    { kind: 'create', file: info, secrets: SECRETS },
    file,
  );
  const doneParts = () => upload.board()?.replica.doneParts() ?? 0;
  return { clock, server, file, upload, doneParts };
}

test('before anything is known of the board the first two parts are hashed, and no more', async () => {
  const { clock, server, file } = begun(1_000, { hashMs: 1 });
  server.mishap = () => 'unheard';
  await clock.pass(10_000);
  expect(file.hashed).toEqual([1, 2]);
});

test('the first byte leaves after the first parts were hashed, not after the file was', async () => {
  const { clock, file } = begun(1_000, { hashMs: 30 });
  await clock.passUntil(() => file.puts.length > 0, 1_000);
  expect(file.puts[0]?.part).toBe(1);
  expect(file.hashed.length).toBeLessThanOrEqual(8);
});

test('the owner hashes in the order of the file, two at once, and each part once', async () => {
  const { clock, file, upload } = begun(100, { hashMs: 20, putMs: 200 });
  await clock.passUntil(() => upload.board()?.state.state === 'finished', 60_000);
  expect(file.hashed).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  expect(file.mostHashedAtOnce).toBe(2);
});

test('on a fast line the owner keeps no more than two dozen parts waiting, and is never without one to put', async () => {
  // Four puts of 5 MiB in 100 ms: 200 MiB/s.
  const { clock, file, upload, doneParts } = begun(1_000, { hashMs: 30, putMs: 100 });
  const free: number[] = [];
  for (let i = 0; i < 50; i++) {
    await clock.pass(100);
    const replica = upload.board()?.replica;
    if (replica) free.push(replica.freeParts(0));
  }
  expect(Math.max(...free)).toBeLessThanOrEqual(24);
  expect(file.hashed.length).toBeLessThan(300);
  expect(doneParts()).toBeGreaterThan(150);
});

test('on a slow line the owner is far ahead, for helpers to come, but not at the end of the file', async () => {
  const { clock, file, server } = begun(1_000, { hashMs: 20, putMs: 20_000 });
  await clock.pass(90_000);
  const beyond = server.manifest.size - new Set(file.puts.map(({ part }) => part)).size;
  // What was used up is made good a stripe at a time.
  expect(beyond).toBeGreaterThanOrEqual(256 - 64);
  expect(beyond).toBeLessThan(256 + 10);
  expect(file.hashed.length).toBeLessThan(300);
});

test('hashes are published in growing batches: the first few at once, then as many as a window brings', async () => {
  const { clock, server } = begun(1_000, { hashMs: 10, putMs: 20_000 });
  await clock.pass(4_000);
  const batches = server.syncs().flatMap(({ hashes }) => (hashes.length > 0 ? [hashes.length] : []));
  expect(batches[0]).toBeLessThanOrEqual(4);
  const later = batches.slice(3, -1);
  expect(Math.min(...later)).toBeGreaterThan(2 * (batches[0] ?? 0));
  expect(Math.max(...batches)).toBeLessThanOrEqual(64);
});

test('what was used up is made good in batches: no part is hashed for each part that was sent', () => {
  const refill = makeRefill();
  expect(refill(256, 0)).toBe(256);
  expect(refill(256, 200)).toBe(56);
  expect(refill(256, 256)).toBe(0);
  expect(refill(256, 193)).toBe(0);
  expect(refill(256, 192)).toBe(64);
  expect(refill(256, 230)).toBe(26);
  expect(refill(256, 256)).toBe(0);
  // A small stock is not let run down to nothing.
  expect(refill(24, 13)).toBe(0);
  expect(refill(24, 12)).toBe(12);
});

test('[M4] hashes wait for others, unless the board runs out of tickets or no others will come', () => {
  expect(mayPublish(31, 100, 2, false)).toBe(false);
  expect(mayPublish(32, 100, 2, false)).toBe(true);
  expect(mayPublish(1, 31, 2, false)).toBe(true);
  expect(mayPublish(1, 32, 2, false)).toBe(false);
  // Many devices empty the board sooner.
  expect(mayPublish(1, 300, 100, false)).toBe(true);
  expect(mayPublish(1, 100, 2, true)).toBe(true);
  expect(mayPublish(0, 0, 2, true)).toBe(false);
});
