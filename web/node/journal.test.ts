import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AlreadyRunning, newSecret, openJournal } from './journal.ts';
import { markOf } from './process-mark.ts';

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

test('of two processes that find a lock left behind, the second does not take it from the first', async () => {
  const journal = await openJournal(folder, names);
  const [name = ''] = await readdir(folder);
  const lock = join(folder, name);
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
  await once(other, 'spawn');
  const dead = `${other.pid} of another boot`;
  await writeFile(lock, process.platform === 'linux' ? dead : '0');
  // The first one is about to take it.
  const left = await readFile(lock, 'utf8');
  await mkdir(`${lock}.taking`);
  const second = openJournal(folder, names);
  const refused = expect(second).rejects.toThrow(AlreadyRunning);
  // Many times what the second one needs to look, and to take what nobody else does.
  for (let i = 0; i < 100; i++) expect(await readFile(lock, 'utf8')).toBe(left);
  await writeFile(lock, String(other.pid));
  await rmdir(`${lock}.taking`);
  await refused;
  other.kill();
  await once(other, 'exit');
  // Killed while it took it, a while ago.
  await mkdir(`${lock}.taking`);
  await utimes(`${lock}.taking`, 0, 0);
  await (await openJournal(folder, names)).release();
  await journal.release();
  expect(await readdir(folder)).toEqual([]);
});

// Other systems do not tell when a process began; there its number has to do.
describe.runIf(process.platform === 'linux')('a lock that was left behind', () => {
  /** A process that lives, with a child whose end it will not ask about. */
  let parent: ChildProcessWithoutNullStreams;
  beforeAll(async () => {
    parent = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000']);
    await once(parent, 'spawn');
  });
  afterAll(() => void parent.kill());
  const other = () => parent.pid ?? 0;
  let lock: string;
  const isFree = () =>
    openJournal(folder, names).then(
      (journal) => journal.release().then(() => true),
      () => false,
    );
  beforeEach(async () => {
    const journal = await openJournal(folder, names);
    const [name = ''] = await readdir(folder);
    lock = join(folder, name);
    expect(await readFile(lock, 'utf8')).toBe(await markOf(process.pid));
    await journal.release();
  });

  test('keeps nobody out once the number of its process is that of another one', async () => {
    await writeFile(lock, await markOf(other()));
    expect(await isFree()).toBe(false);
    // Begun at another moment, or before the machine was started.
    await writeFile(lock, (await markOf(process.pid)).replace(/^\d+/, String(other())));
    expect(await isFree()).toBe(true);
    await writeFile(lock, (await markOf(other())).replace(/-/, '+'));
    expect(await isFree()).toBe(true);
  });

  test('keeps nobody out while its process is dead, and nobody has asked how it ended', async () => {
    const [said] = await once(parent.stdout, 'data');
    const zombie = Number(String(said));
    // The shell would ask: it has to be sleep before its child ends.
    await expect.poll(() => readFile(`/proc/${other()}/comm`, 'utf8')).toBe('sleep\n');
    process.kill(zombie, 'SIGKILL');
    await expect.poll(() => readFile(`/proc/${zombie}/stat`, 'utf8')).toContain(') Z ');
    await writeFile(lock, String(zombie));
    expect(await isFree()).toBe(true);
  });
});
