import { readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** /dev/full, where every write ends with ENOSPC, is Linux's; what a full disk means is the same everywhere. */
export const CAN_FILL = process.platform === 'linux';

const LOGS_AHEAD = 20;

/**
 * From the next log on, which LevelDB begins every 4 MiB, the table in this folder finds no room, nor does whoever looks
 * whether there is any. Call the answer to make some again.
 */
export async function fillTable(folder: string): Promise<() => Promise<void>> {
  const levelFolder = join(folder, 'leveldb');
  const numbers = (await readdir(levelFolder)).map((name) => Number(/\d{6}/.exec(name)?.[0] ?? 0));
  const next = Math.max(...numbers) + 1;
  const logs = Array.from({ length: LOGS_AHEAD }, (_, i) => `${String(next + i).padStart(6, '0')}.log`);
  const paths = [...logs.map((name) => join(levelFolder, name)), join(folder, 'room')];
  for (const path of paths) {
    await rm(path, { force: true });
    await symlink('/dev/full', path);
  }
  return async () => {
    for (const path of paths) await rm(path, { force: true });
  };
}
