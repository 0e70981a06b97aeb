import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** LevelDB opens with less; but to be full again at the first write helps nobody. */
const ROOM_BYTES = 1_048_576;

/** Whether something can be written in this folder: the only way to know, with quotas and reserves as they are. */
export async function hasRoom(folder: string): Promise<boolean> {
  const path = join(folder, 'room');
  try {
    await writeFile(path, Buffer.alloc(ROOM_BYTES, 1), { flush: true });
    return true;
  } catch {
    return false;
  } finally {
    // Emptied, not removed: there are file systems on which that needs room of its own.
    await writeFile(path, '').catch(() => {});
  }
}
