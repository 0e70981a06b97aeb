import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AlreadyRunning, newSecret, openJournal } from './journal.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-journal-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const names = ['join', newSecret(), '/a/film.mov'];

test('what was saved is there the next time, for this user only, under a name that tells nothing', async () => {
  const first = await openJournal(folder, names);
  expect(first.entry).toBeUndefined();
  const entry = { deviceKey: newSecret() };
  await first.save(entry);
  await first.release();
  const second = await openJournal(folder, names);
  expect(second.entry).toEqual(entry);
  expect((await openJournal(folder, ['other'])).entry).toBeUndefined();
  const [name = ''] = (await readdir(folder)).filter((one) => one.endsWith('.json'));
  expect(name).not.toContain(names[1]);
  expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
  await second.forget();
  await second.release();
  expect((await openJournal(folder, names)).entry).toBeUndefined();
});

test('half a file, or one of another version, is as none', async () => {
  const journal = await openJournal(folder, names);
  await journal.save({ deviceKey: newSecret() });
  await journal.release();
  const [name = ''] = await readdir(folder);
  await writeFile(join(folder, name), '{"deviceKey":');
  expect((await openJournal(folder, names)).entry).toBeUndefined();
});

test('a process that lives keeps others out; one that died does not', async () => {
  const journal = await openJournal(folder, names);
  const [lock = ''] = await readdir(folder);
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
  await once(other, 'spawn');
  await writeFile(join(folder, lock), String(other.pid));
  await expect(openJournal(folder, names)).rejects.toThrow(AlreadyRunning);
  other.kill();
  await once(other, 'exit');
  const next = await openJournal(folder, names);
  await next.release();
  await journal.release();
});
