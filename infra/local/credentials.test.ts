import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { embeddedCredentials } from './credentials.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-credentials-'));
  path = join(folder, 'store-credentials.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a key pair is made once, and is the same after every restart', async () => {
  const first = await embeddedCredentials(folder);
  expect(first.accessKeyId).toMatch(/^TRIB[0-9A-F]{16}$/);
  expect(first.secretAccessKey).toHaveLength(40);
  expect(await embeddedCredentials(folder)).toEqual(first);
  expect(await readdir(folder)).toEqual(['store-credentials.json']);
});

test('no two folders have the same', async () => {
  const first = await embeddedCredentials(folder);
  await rm(path);
  const second = await embeddedCredentials(folder);
  expect(second.accessKeyId).not.toBe(first.accessKeyId);
  expect(second.secretAccessKey).not.toBe(first.secretAccessKey);
});

test.skipIf(process.platform === 'win32')('nobody but this user can read it', async () => {
  await embeddedCredentials(folder);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a kill in the midst of making it leaves a start that makes it anew', async () => {
  await writeFile(`${path}.new`, '{"accessKeyId":"TRI');
  const { accessKeyId } = await embeddedCredentials(folder);
  expect(JSON.parse(await readFile(path, 'utf8')).accessKeyId).toBe(accessKeyId);
});

test.each(['', '{', '{"accessKeyId":"short","secretAccessKey":"short"}'])(
  'a file that is no key pair (%s) is said, not replaced: what it signed would be void',
  async (text) => {
    await writeFile(path, text);
    await expect(embeddedCredentials(folder)).rejects.toThrow(`${path} cannot be read`);
    expect(await readFile(path, 'utf8')).toBe(text);
  },
);
