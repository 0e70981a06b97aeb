import { expect, test } from 'vitest';
import { geometryOf, partRange } from '../../protocol/board/geometry.ts';
import { type HashStore, withHashMemory } from './hash-memory.ts';
import { makeVirtualClock } from './testing/virtual-clock.ts';
import { makeVirtualFile, sha256Of } from './testing/virtual-file.ts';

const PARTS = 20;
const SIZE_BYTES = PARTS * 5_242_880;
const geometry = geometryOf(SIZE_BYTES);

function begun(remembered: Record<number, string> = {}, content = 'original') {
  const clock = makeVirtualClock();
  const file = makeVirtualFile(clock, { sizeBytes: SIZE_BYTES });
  const kept = new Map(
    Object.entries(remembered).map(([part, of]) => [Number(part), sha256Of(of, Number(part))]),
  );
  const store: HashStore = {
    load: async () => new Map(kept),
    add: (part, sha256) => void kept.set(part, sha256),
    forget: () => kept.clear(),
  };
  file.content = content;
  const remembering = withHashMemory(file, store, () => 0.5);
  const hash = async (part: number) => {
    const task = remembering.hash(partRange(geometry, part));
    await clock.pass(1_000);
    return task.result;
  };
  return { clock, file, kept, remembering, hash };
}

const all = Object.fromEntries(Array.from({ length: PARTS }, (_, i) => [i + 1, 'original']));

test('what was never hashed is hashed once, and remembered', async () => {
  const { file, kept, hash } = begun();
  expect(await hash(7)).toEqual({ state: 'hashed', sha256: sha256Of('original', 7) });
  expect(file.hashed).toEqual([7]);
  expect([...kept]).toEqual([[7, sha256Of('original', 7)]]);
});

test('of a file that is unchanged only three parts are read, however many are asked for', async () => {
  const { file, hash } = begun(all);
  for (let part = 1; part <= PARTS; part++) {
    expect(await hash(part)).toEqual({ state: 'hashed', sha256: sha256Of('original', part) });
  }
  expect(file.hashed).toHaveLength(3);
});

test('of a file that has changed behind its name, size and time nothing remembered is believed, nor kept', async () => {
  const { file, kept, hash } = begun(all, 'other bytes');
  expect(await hash(1)).toEqual({ state: 'hashed', sha256: sha256Of('other bytes', 1) });
  expect(file.hashed.at(-1)).toBe(1);
  expect([...kept]).toEqual([[1, sha256Of('other bytes', 1)]]);
});

test('once the store finds other bytes than those of a hash nothing that is remembered is believed, for the spot checks missed them', async () => {
  const { clock, file, kept, remembering, hash } = begun({ ...all, 1: 'before' });
  const { sha256 } = (await hash(1)) as { sha256: string };
  expect(file.hashed).not.toContain(1);
  const request = { url: '', headers: { 'x-amz-checksum-sha256': sha256 } };
  const task = remembering.put(partRange(geometry, 1), request, () => {});
  await clock.pass(2_000);
  expect(await task.result).toMatchObject({ state: 'refused', code: 'BadDigest' });
  expect(kept.size).toBe(0);
});

test('a file that cannot be read says so, and what is remembered of it stays', async () => {
  const { file, kept, hash } = begun(all);
  file.hashFails = () => ({ state: 'unreadable', reason: 'NotReadableError' });
  expect(await hash(1)).toEqual({ state: 'unreadable', reason: 'NotReadableError' });
  expect(kept.size).toBe(PARTS);
});

test('a hash is given up at once, while the memory is being checked and while it is computed', async () => {
  const { clock, remembering } = begun(all);
  const early = remembering.hash(partRange(geometry, 1));
  early.abort();
  expect(await early.result).toEqual({ state: 'aborted' });
  const { file, remembering: fresh, clock: other } = begun();
  const late = fresh.hash(partRange(geometry, 1));
  await other.pass(1);
  late.abort();
  expect(await late.result).toEqual({ state: 'aborted' });
  expect(file.abortedHashes).toBe(1);
  await clock.pass(1_000);
});

test('a hash that is given up before the memory was looked at reads nothing', async () => {
  const { clock, file, remembering } = begun();
  const task = remembering.hash(partRange(geometry, 7));
  task.abort();
  await clock.pass(1_000);
  expect(await task.result).toEqual({ state: 'aborted' });
  expect(file.hashed).toEqual([]);
});
