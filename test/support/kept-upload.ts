import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { device } from './client.ts';

/** What a device without a browser remembers of its one upload, in its state folder. */
export async function entryOf(state: string) {
  const [name = ''] = (await readdir(state)).filter((one) => one.endsWith('.json'));
  return JSON.parse(await readFile(join(state, name), 'utf8'));
}

/** The SHA-256 of the object, read as its owner by the secret that the device keeps. */
export async function objectOf(origin: string, state: string): Promise<string> {
  const { secrets } = await entryOf(state);
  const owner = await device(origin, 'reader');
  const { upload } = await owner.expect('board', { type: 'join', secret: secrets.own });
  const { url } = await owner.expect('link', { type: 'download', upload });
  owner.close();
  const response = await fetch(new URL(url, origin));
  return createHash('sha256')
    .update(Buffer.from(await response.arrayBuffer()))
    .digest('hex');
}
