import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';

const CHUNK_BYTES = 8_388_608; // 8 MiB

export async function randomFile(path: string, sizeBytes: number): Promise<string> {
  const file = await open(path, 'w');
  for (let left = sizeBytes; left > 0; left -= CHUNK_BYTES) {
    await file.write(randomBytes(Math.min(CHUNK_BYTES, left)));
  }
  await file.close();
  return path;
}
