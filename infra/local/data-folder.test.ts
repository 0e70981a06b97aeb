import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataFolder } from './data-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-data-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a folder is made, with those above it', async () => {
  const { release } = await openDataFolder(join(folder, 'a', 'b'));
  expect(existsSync(join(folder, 'a', 'b'))).toBe(true);
  await release();
});

test('one at a time has it', async () => {
  const first = await openDataFolder(folder);
  await expect(openDataFolder(folder, 0)).rejects.toThrow(`another Tributary is running on ${folder}`);
  await first.release();
  await (await openDataFolder(folder, 0)).release();
});

test('who waits for it gets it when its predecessor lets go', async () => {
  const first = await openDataFolder(folder);
  const second = openDataFolder(folder, 60_000);
  // It has tried by then, for it was earlier.
  await expect(openDataFolder(folder, 0)).rejects.toThrow('another Tributary');
  await first.release();
  await (await second).release();
});

test('a process that was killed has it no longer', async () => {
  const holder = await startHolder();
  await expect(openDataFolder(folder, 0)).rejects.toThrow('another Tributary');
  const exited = once(holder, 'exit');
  holder.kill('SIGKILL');
  await exited;
  await (await openDataFolder(folder, 0)).release();
});

test('a folder that cannot be made is what the file system says, at once', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(openDataFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(openDataFolder(join(folder, 'file', 'a'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

// Where a folder can be made by nobody, and the kernel says ENOENT of a folder that is there.
test.skipIf(process.platform !== 'linux')('a folder in /proc is refused, not tried for ever', async () => {
  await expect(openDataFolder('/proc/tributary/a')).rejects.toMatchObject({
    code: 'ENOENT',
    syscall: 'mkdir',
  });
});

async function startHolder(): Promise<ChildProcess> {
  const script = `
    const { openDataFolder } = await import(process.argv[1]);
    await openDataFolder(process.argv[2]);
    setInterval(() => {}, 1_000);
    console.log('held');`;
  const url = new URL('./data-folder.ts', import.meta.url).href;
  const holder = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script, url, folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(holder.stdout, 'data');
  return holder;
}
