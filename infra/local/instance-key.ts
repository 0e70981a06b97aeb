import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '../../protocol/messages/common.ts';

/**
 * The key that lets a device of the network create uploads here. Made once and kept with the data, readable by this
 * user only, so that a phone that has it has it after a restart. Whoever wants another one removes the file.
 */
export async function instanceKey(folder: string): Promise<string> {
  const path = join(folder, 'instance-key');
  try {
    const known = Secret.safeParse((await readFile(path, 'utf8')).trim());
    if (known.success) return known.data;
    throw new Error(`${path} holds no key: remove it, and another one is made`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const fresh = randomBytes(16).toString('base64url');
  await writeFile(`${path}.new`, fresh, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  return fresh;
}

/** An address of this server with its key, in the fragment: browsers keep that to themselves. */
export function withKey(origin: string, key: string): string {
  return `${origin}/#key=${key}`;
}
