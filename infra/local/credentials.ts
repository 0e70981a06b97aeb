import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const Credentials = z.object({ accessKeyId: z.string().min(16), secretAccessKey: z.string().min(32) });
export type Credentials = z.infer<typeof Credentials>;

/**
 * The embedded store's key pair: made once and kept with the data, so that addresses signed before a restart are good
 * after it. Readable by this user only.
 */
export async function embeddedCredentials(folder: string): Promise<Credentials> {
  const path = join(folder, 'store-credentials.json');
  try {
    return Credentials.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (!isMissing(error))
      throw new Error(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  const fresh: Credentials = {
    accessKeyId: `TRIB${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
  // Whole or not at all: a half-written file would lock us out.
  await writeFile(`${path}.new`, JSON.stringify(fresh), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  return fresh;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
