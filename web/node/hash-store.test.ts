import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeHashStore } from './hash-store.ts';

const MIB = 1_048_576;
const file = { path: '/a/film.mov', sizeBytes: 60 * MIB, modifiedAtMs: 1_790_000_000_000 };
const hashOf = (part: number) => createHash('sha256').update(String(part)).digest('base64');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-hashes-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const loaded = async (of = file) => {
  const store = makeHashStore(folder, of);
  const hashes = await store.load();
  await store.close();
  return hashes;
};

test('the hashes of one run are known to the next, each for its part', async () => {
  const store = makeHashStore(folder, file);
  expect(await store.load()).toEqual(new Map());
  for (const part of [12, 3, 7]) store.add(part, hashOf(part));
  await store.close();
  expect(await loaded()).toEqual(new Map([3, 7, 12].map((part) => [part, hashOf(part)])));
  const [name = ''] = await readdir(folder);
  expect(name).not.toContain('film');
  expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
});

test('they are nothing to a file of another place, size or time, and gone once they were found wrong', async () => {
  const store = makeHashStore(folder, file);
  await store.load();
  store.add(1, hashOf(1));
  await store.close();
  expect(await loaded({ ...file, path: '/b/film.mov' })).toEqual(new Map());
  expect(await loaded({ ...file, sizeBytes: file.sizeBytes + 1 })).toEqual(new Map());
  expect(await loaded({ ...file, modifiedAtMs: file.modifiedAtMs + 1 })).toEqual(new Map());
  const again = makeHashStore(folder, file);
  expect(await again.load()).toEqual(new Map([[1, hashOf(1)]]));
  again.forget();
  again.add(2, hashOf(2));
  await again.close();
  expect(await loaded()).toEqual(new Map([[2, hashOf(2)]]));
});

test('the hashes of twenty files are kept, those that were of use last', async () => {
  for (let i = 0; i < 25; i++) {
    const path = join(folder, `${i}.hashes`);
    await writeFile(path, '');
    await utimes(path, 1_000 + i, 1_000 + i);
  }
  await writeFile(join(folder, 'other.json'), '');
  await loaded();
  const names = await readdir(folder);
  expect(names).toContain('other.json');
  expect(names).toContain('24.hashes');
  expect(names).not.toContain('4.hashes');
  expect(names.filter((name) => name.endsWith('.hashes'))).toHaveLength(21);
});

test('where nothing can be written nothing is remembered, and nothing fails', async () => {
  const store = makeHashStore(join(folder, 'missing'), file);
  expect(await store.load()).toEqual(new Map());
  store.add(1, hashOf(1));
  store.forget();
  await store.close();
  expect(await readdir(folder)).toEqual([]);
});
