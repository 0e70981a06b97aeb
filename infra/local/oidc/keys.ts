import { generateKeyPair, randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const Keys = z.object({
  /** Signs ID tokens: the private key, as a JWK. */
  signing: z.looseObject({ kty: z.literal('RSA'), kid: z.string(), n: z.string(), e: z.string() }),
  /** Signs cookies. */
  cookies: z.string().min(32),
});
export type Keys = z.infer<typeof Keys>;

/** Made once and kept with the data, readable by this user only: who has signed in stays so after a restart. */
export async function signInKeys(folder: string): Promise<Keys> {
  const path = join(folder, 'sign-in-keys.json');
  try {
    return Keys.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
      throw new Error(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2_048 });
  const kid = randomBytes(8).toString('base64url');
  const fresh = Keys.parse({
    signing: { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' },
    cookies: randomBytes(32).toString('base64url'),
  });
  await writeFile(`${path}.new`, JSON.stringify(fresh), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  return fresh;
}

/** What others may see of it. */
export function publicKeysOf({ signing: { kty, kid, n, e } }: Keys) {
  return { keys: [{ kty, kid, n, e, use: 'sig' as const, alg: 'RS256' as const }] };
}
