import { access, constants, mkdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A predecessor that was killed a moment ago may not be quite gone. */
const LOCK_WAIT_MS = 1_000;
const LOCK_RETRY_MS = 50;

/**
 * Makes the folder that holds all state, and holds it for this process alone until `release()` or until the process
 * ends, however it ends. The lock is LevelDB's, which is the kernel's: Node offers none, and a file with a process id
 * in it outlives its process.
 *
 * @throws what the file system says (`ENOTDIR`, `EACCES`, `ENOSPC` …), or an Error in words if the folder is in use.
 */
export async function openDataFolder(
  folder: string,
  lockWaitMs = LOCK_WAIT_MS,
): Promise<{ release(): Promise<void> }> {
  await makeFolder(folder);
  await access(folder, constants.W_OK);
  const giveUpAtMs = performance.now() + lockWaitMs;
  for (;;) {
    // One that could not be opened is of no further use.
    const lock = new Level(join(folder, 'lock'));
    try {
      await lock.open();
      return { release: () => lock.close() };
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined;
      if (!(cause instanceof Error)) throw error;
      if (!('code' in cause) || cause.code !== 'LEVEL_LOCKED') throw cause;
    }
    if (performance.now() >= giveUpAtMs) {
      throw new Error(
        `another Tributary is running on ${folder}. Stop that one, or set DATA_DIR to another folder.`,
      );
    }
    await delay(LOCK_RETRY_MS);
  }
}

/** Node's own recursive mkdir never ends where a folder cannot be made for want of its existing parent (in /proc). */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder);
  }
}

interface LevelLock {
  open(): Promise<void>;
  close(): Promise<void>;
}

// The one that dynalite brings along.
const { Level } = createRequire(createRequire(import.meta.url).resolve('dynalite'))('level') as {
  Level: new (folder: string) => LevelLock;
};
