import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFile } from './file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-file-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function readAll(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString();
}

test('a file that was written to since it was opened is not read, and is said to be; one that cannot be asked is not', async () => {
  const path = join(folder, 'film.mov');
  await writeFile(path, 'as it was');
  const file = await openFile(path);
  const range = { startByte: 3, endByte: 9 };
  expect(await readAll(file.read(range))).toBe('it was');
  expect(await file.isWrittenTo()).toBe(false);
  await appendFile(path, ', and more');
  expect(await file.isWrittenTo()).toBe(true);
  await expect(readAll(file.read(range))).rejects.toThrow('has changed since it was opened');
  // As with a drive that is gone: why it could not be read is what a person has to know.
  file.close();
  await expect(readAll(file.read(range))).rejects.toThrow(/EBADF|closed/);
  expect(await file.isWrittenTo()).toBe(false);
});
