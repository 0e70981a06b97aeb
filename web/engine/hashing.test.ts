import fc from 'fast-check';
import { expect, test } from 'vitest';
import { geometryOf, MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import { makeHashing } from './hashing.ts';
import { makeVirtualClock } from './testing/virtual-clock.ts';
import { makeVirtualFile, sha256Of } from './testing/virtual-file.ts';

const PARTS = 20;

function begun() {
  const clock = makeVirtualClock();
  const file = makeVirtualFile(clock, { sizeBytes: PARTS * MIN_PART_BYTES, hashMs: 10 });
  const told: Array<[part: number, sha256: string]> = [];
  const complaints: string[] = [];
  const hashing = makeHashing({
    file,
    geometry: geometryOf(file.sizeBytes),
    hashed: (part, sha256) => told.push([part, sha256]),
    unreadable: (reason) => complaints.push(reason),
  });
  return { clock, file, hashing, told, complaints };
}

test('of many parts the first two are read; the others wait to be asked for again', async () => {
  const { clock, file, hashing, told } = begun();
  hashing.start([3, 1, 2, 4]);
  hashing.start([5, 6]);
  expect(file.hashed).toEqual([3, 1]);
  expect(hashing.underWay()).toBe(2);
  await clock.pass(10);
  expect(told).toEqual([
    [3, sha256Of('original', 3)],
    [1, sha256Of('original', 1)],
  ]);
  expect(hashing.underWay()).toBe(0);
  hashing.start([3, 1, 2, 4]);
  expect(file.hashed).toEqual([3, 1, 2, 4]);
});

test('whatever is asked for and when, never more than two are read at once, and no part twice', async () => {
  const anyWish = fc.record({
    parts: fc.array(fc.integer({ min: 1, max: PARTS })),
    ms: fc.nat({ max: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(anyWish, { maxLength: 20 }), async (wishes) => {
      const { clock, file, hashing, told } = begun();
      for (const { parts, ms } of wishes) {
        hashing.start(parts);
        await clock.pass(ms);
      }
      await clock.pass(100);
      expect(file.mostHashedAtOnce).toBeLessThanOrEqual(2);
      expect(new Set(file.hashed).size).toBe(file.hashed.length);
      expect(told.map(([part]) => part)).toEqual(file.hashed);
    }),
    { numRuns: 50 },
  );
});

test('a part that a challenge names is read at once, and only if it was not before', async () => {
  const { clock, file, hashing } = begun();
  hashing.start([1, 2]);
  const answers = [hashing.get(9), hashing.get(2)];
  expect(file.hashed).toEqual([1, 2, 9]);
  await clock.pass(10);
  answers.push(hashing.get(9));
  expect(await Promise.all(answers)).toEqual(
    [9, 2, 9].map((part) => ({ state: 'hashed', sha256: sha256Of('original', part) })),
  );
  expect(file.hashed).toEqual([1, 2, 9]);
  expect(hashing.hashOf(9)).toBe(sha256Of('original', 9));
});

test('a part that cannot be read is told with its reason, to whoever asked and to whoever did not', async () => {
  const { clock, file, hashing, told, complaints } = begun();
  file.hashFails = () => ({ state: 'unreadable', reason: 'The disk is gone.' });
  const answer = hashing.get(4);
  await clock.pass(10);
  expect(await answer).toEqual({ state: 'unreadable', reason: 'The disk is gone.' });
  expect(complaints).toEqual(['The disk is gone.']);
  expect(told).toEqual([]);
  expect(hashing.hashOf(4)).toBeUndefined();
});

test('stopping gives up what is being read, and nothing is told of it', async () => {
  const { clock, file, hashing, told, complaints } = begun();
  hashing.start([1, 2]);
  const answer = hashing.get(2);
  await clock.pass(9);
  hashing.stop();
  expect(await answer).toEqual({ state: 'aborted' });
  expect(file.abortedHashes).toBe(2);
  await clock.pass(100);
  expect(hashing.underWay()).toBe(0);
  expect([told, complaints]).toEqual([[], []]);
  expect(hashing.hashOf(1)).toBeUndefined();
});
