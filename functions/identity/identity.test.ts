import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeIdentity } from './identity.ts';

const ISSUER = 'https://issuer.test/pool';
const CLIENT = 'the-page';
const ours = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const theirs = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const { n = '', e = '' } = ours.publicKey.export({ format: 'jwk' });
const identity = makeIdentity({
  issuer: ISSUER,
  clientId: CLIENT,
  jwks: { keys: [{ kty: 'RSA', kid: 'k1', n, e, use: 'sig', alg: 'RS256' }] },
});

const nowS = () => Math.floor(Date.now() / 1_000);
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = (changes: object = {}) => ({
  iss: ISSUER,
  aud: CLIENT,
  sub: 'ada',
  iat: nowS(),
  exp: nowS() + 600,
  token_use: 'id',
  name: 'Ada',
  ...changes,
});

function tokenOf(
  payload: object,
  header: object = { alg: 'RS256', kid: 'k1' },
  key: KeyObject = ours.privateKey,
): string {
  const text = `${encoded(header)}.${encoded(payload)}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

test('a token of the issuer, for this page and of now says who somebody is, without a word of it', async () => {
  const person = await identity.verify(tokenOf(claims()));
  expect(person).toMatchObject({ name: 'Ada', subject: expect.stringMatching(/^[\w-]{22}$/) });
  expect(person?.untilMs).toBeGreaterThan(Date.now());
  expect(await identity.verify(tokenOf(claims({ sub: 'ada', name: undefined })))).toMatchObject({
    subject: person?.subject,
    name: '',
  });
  expect((await identity.verify(tokenOf(claims({ sub: 'eve' }))))?.subject).not.toBe(person?.subject);
});

test.each([
  [{ email: 'ada@example.org', email_verified: true }, 'ada@example.org'],
  [{ email: 'ada@example.org', email_verified: 'true' }, 'ada@example.org'],
  [{ email: 'ada@example.org', email_verified: false }, undefined],
  [{ email: 'ada@example.org' }, undefined],
  [{ email_verified: true }, undefined],
])('of %j, the address that letters may go to is %s', async (said, email) => {
  expect((await identity.verify(tokenOf(claims(said))))?.email).toBe(email);
});

const unsigned = (alg: string) => `${encoded({ alg, kid: 'k1' })}.${encoded(claims())}.`;
/** The public key, which everybody has, taken as if it were a shared secret. */
function confused(): string {
  const text = `${encoded({ alg: 'HS256', kid: 'k1' })}.${encoded(claims())}`;
  const secret = ours.publicKey.export({ type: 'spki', format: 'pem' });
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

const REFUSED: Array<[name: string, make: () => string]> = [
  ['of another issuer', () => tokenOf(claims({ iss: 'https://evil.test' }))],
  ['of an issuer whose name begins alike', () => tokenOf(claims({ iss: `${ISSUER}2` }))],
  ['for another audience', () => tokenOf(claims({ aud: 'another-page' }))],
  ['for nobody', () => tokenOf(claims({ aud: undefined }))],
  ['that has run out', () => tokenOf(claims({ exp: nowS() - 1 }))],
  ['that never ends', () => tokenOf(claims({ exp: undefined }))],
  ['that is not valid yet', () => tokenOf(claims({ nbf: nowS() + 600 }))],
  ['without a subject', () => tokenOf(claims({ sub: undefined }))],
  ['that gives access and says nothing of who', () => tokenOf(claims({ token_use: 'access' }))],
  ['signed by another key', () => tokenOf(claims(), { alg: 'RS256', kid: 'k1' }, theirs.privateKey)],
  [
    'of a key that the issuer does not have',
    () => tokenOf(claims(), { alg: 'RS256', kid: 'k2' }, theirs.privateKey),
  ],
  [
    'that brings its own key',
    () =>
      tokenOf(claims(), { alg: 'RS256', jwk: theirs.publicKey.export({ format: 'jwk' }) }, theirs.privateKey),
  ],
  ['with alg: none', () => unsigned('none')],
  ['with alg: None', () => unsigned('None')],
  ['with the public key as a secret', confused],
  [
    'changed after it was signed',
    () => tokenOf(claims()).replace(/\.[^.]+\./, `.${encoded(claims({ sub: 'eve' }))}.`),
  ],
  ['without its signature', () => tokenOf(claims()).replace(/\.[^.]+$/, '.')],
  ['that is none', () => 'hello'],
  ['of dots', () => '...'],
  ['that is nested', () => `${encoded([[[]]])}.${encoded([])}.x`],
];

test.for(REFUSED)('a token %s is refused', async ([, make]) => {
  expect(await identity.verify(make())).toBeUndefined();
});
