import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Errors that say "this file system has no such thing as syncing a folder", not "it failed". */
const NO_FOLDER_SYNC = new Set(['EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM']);

/** Makes renames and unlinks in a folder survive a power cut. Windows gives no handle on a folder. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(errorCode(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

/** Writes a small file that is, whenever the process is killed, either wholly there or as it was before. */
export async function writeFileDurably(target: string, text: string, incomingFolder: string): Promise<void> {
  const temporary = temporaryPath(incomingFolder);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(text);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(target));
}

/** Removes a file so that it stays removed; one that is not there is fine. */
export async function removeDurably(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncFolder(dirname(path));
}

export function temporaryPath(incomingFolder: string): string {
  return join(incomingFolder, randomBytes(16).toString('hex'));
}

/** The `ENOSPC` of a failed system call, if it is one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
