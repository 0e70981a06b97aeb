import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { createUpload, newSecrets } from '../support/client.ts';
import { expectRefused, type Scene } from './scene.ts';
import type { TestIssuer } from './world.ts';

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const nowS = () => Math.floor(Date.now() / 1_000);

function claimsOf({ issuer, clientId }: TestIssuer, changes: object = {}) {
  return {
    iss: issuer,
    aud: clientId,
    sub: 'ada',
    iat: nowS(),
    exp: nowS() + 3_600,
    name: 'Ada',
    ...changes,
  };
}

function tokenOf({ kid, key }: TestIssuer, claims: object, by: KeyObject = key): string {
  const text = `${encoded({ alg: 'RS256', kid })}.${encoded(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), by).toString('base64url')}`;
}

const { privateKey: theirs } = generateKeyPairSync('rsa', { modulusLength: 2_048 });

/** The public key, which everybody has, taken as if it were a shared secret. */
function confused(of: TestIssuer): string {
  const text = `${encoded({ alg: 'HS256', kid: of.kid })}.${encoded(claimsOf(of))}`;
  const secret = createPublicKey(of.key).export({ type: 'spki', format: 'pem' });
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

const FORGED: Array<[name: string, make: (of: TestIssuer) => string]> = [
  ['of another issuer', (of) => tokenOf(of, claimsOf(of, { iss: 'https://evil.example' }))],
  ['for another audience', (of) => tokenOf(of, claimsOf(of, { aud: 'another-page' }))],
  ['of another time', (of) => tokenOf(of, claimsOf(of, { exp: nowS() - 1 }))],
  ['of a time to come', (of) => tokenOf(of, claimsOf(of, { nbf: nowS() + 600 }))],
  ['signed by another key', (of) => tokenOf(of, claimsOf(of), theirs)],
  ['with alg: none', (of) => `${encoded({ alg: 'none', kid: of.kid })}.${encoded(claimsOf(of))}.`],
  ['with the public key as a secret', confused],
  [
    'changed after it was signed',
    (of) => tokenOf(of, claimsOf(of)).replace(/\.[^.]+\./, `.${encoded(claimsOf(of, { sub: 'eve' }))}.`),
  ],
];

/** Who says to be somebody, and who is somebody else. */
export function tokenAttacks(scene: () => Scene): void {
  test.for(FORGED)('a token %s signs nobody in', async ([, make]) => {
    const { world } = scene();
    const device = await world.device();
    await expectRefused(scene(), device, { type: 'sign-in', token: make(world.issuer) }, 'bad-token');
    await expectRefused(scene(), device, { type: 'list-mine' }, 'sign-in-first');
  });

  test('somebody who has signed in is nobody at the uploads of somebody else', async () => {
    const { world, upload } = scene();
    const signedInAs = async (sub: string) => {
      const device = await world.device(sub);
      const token = tokenOf(world.issuer, claimsOf(world.issuer, { sub }));
      await device.expect('signed-in', { type: 'sign-in', token });
      return device;
    };
    const [ada, eve] = [await signedInAs('ada'), await signedInAs('eve')];
    const { upload: hers } = await createUpload(ada, Buffer.from('x'), newSecrets());
    await ada.expect('board', { type: 'open', upload: hers });
    for (const id of [hers, upload]) {
      await expectRefused(scene(), eve, { type: 'open', upload: id }, 'not-admitted');
    }
    expect((await eve.expect('mine', { type: 'list-mine' })).uploads).toEqual([]);
  });
}
