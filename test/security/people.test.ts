import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIMITS } from '../../protocol/limits.ts';
import type { MyUpload } from '../../protocol/messages/sign-in.ts';
import { SIGN_IN_SCOPES } from '../../protocol/sign-in-scope.ts';
import { addressesIn } from '../support/addresses-in.ts';
import {
  type Client,
  connect,
  createUpload,
  greet,
  hashesOf,
  newSecret,
  newSecrets,
  partOf,
  put,
  sync,
} from '../support/client.ts';
import { type ServerUnderTest, serve } from '../support/running-server.ts';
import { signInAt } from '../support/sign-in.ts';

const PASSPHRASE = 'correct horse battery staple';
const MOST_PER_SOURCE = 12;
let server: ServerUnderTest;
beforeAll(async () => {
  server = await serve({ rations: { ...LIMITS, passphrasesPerSource: MOST_PER_SOURCE } });
});
afterAll(() => server.close());

/** A device of the network on which somebody has signed in. */
async function deviceOf(token: string): Promise<Client> {
  const client = await greet(await connect(server.origin, { 'X-Forwarded-For': '192.0.2.7' }));
  await client.expect('signed-in', { type: 'sign-in', token });
  return client;
}

const bytes = Buffer.from('the whole file');

describe('somebody who has signed in', () => {
  test('creates without a key, and each of their devices hears of it at once and opens it as its owner', async () => {
    const ada = await signInAt(server.origin, 'Ada', PASSPHRASE);
    const [laptop, phone] = [
      await deviceOf(ada),
      await deviceOf(await signInAt(server.origin, 'ada', PASSPHRASE, 'sign-in')),
    ];
    expect((await phone.expect('mine', { type: 'list-mine' })).uploads).toEqual([]);
    const { upload, partBytes } = await createUpload(laptop, bytes, newSecrets(), 'holiday.mov');
    const told = await phone.hear('mine');
    expect(told.uploads).toMatchObject([{ upload, file: { name: 'holiday.mov' }, state: { state: 'open' } }]);
    expect(await phone.expect('board', { type: 'open', upload })).toMatchObject({ role: 'owner' });
    await phone.expect('challenge', { type: 'offer', upload, sizeBytes: bytes.length });
    await phone.expect('proven', { type: 'prove', upload, hashes: [] });
    const granted = await sync(phone, upload, { hashes: hashesOf(bytes, partBytes, [1]), want: [1] });
    expect((await put(server.origin, granted, 1, partOf(bytes, partBytes, 1))).status).toBe(200);
    await sync(phone, upload, { done: [1] });
    const isFinished = ({ uploads }: { uploads: MyUpload[] }) => uploads[0]?.state.state === 'finished';
    await laptop.hear('mine', isFinished);
    const later = await deviceOf(ada);
    expect((await later.expect('mine', { type: 'list-mine' })).uploads).toMatchObject([
      { upload, state: { state: 'finished' } },
    ]);
    for (const client of [laptop, phone, later]) client.close();
  });

  test('adopts what they made before, by the owner’s secret and by no other', async () => {
    const secrets = newSecrets();
    const before = await greet(await connect(server.origin));
    const { upload } = await createUpload(before, bytes, secrets);
    const bob = await deviceOf(await signInAt(server.origin, 'Bob', PASSPHRASE));
    await bob.expect('ok', { type: 'adopt', secrets: [secrets.help, secrets.watch] });
    expect((await bob.expect('mine', { type: 'list-mine' })).uploads).toEqual([]);
    expect((await bob.expect('error', { type: 'open', upload })).error.kind).toBe('not-admitted');
    await bob.expect('ok', { type: 'adopt', secrets: [secrets.help, secrets.own] });
    expect((await bob.hear('mine')).uploads).toMatchObject([{ upload }]);
    expect(await bob.expect('board', { type: 'open', upload })).toMatchObject({ role: 'owner' });
    const eve = await deviceOf(await signInAt(server.origin, 'Eve', PASSPHRASE));
    expect((await eve.expect('error', { type: 'open', upload })).error.kind).toBe('not-admitted');
    expect((await eve.expect('mine', { type: 'list-mine' })).uploads).toEqual([]);
    for (const client of [before, bob, eve]) client.close();
  });

  test('makes no upload theirs by a link that can be taken back, though it admits an owner', async () => {
    const secrets = newSecrets();
    const maker = await greet(await connect(server.origin));
    const { upload } = await createUpload(maker, bytes, secrets);
    const secret = newSecret();
    const link = { type: 'share', upload, secret, role: 'owner', name: 'borrowed' };
    const { shares } = await maker.expect('shares', link);
    const borrower = await deviceOf(await signInAt(server.origin, 'Borrower', PASSPHRASE));
    expect(await borrower.expect('board', { type: 'join', secret })).toMatchObject({ role: 'owner' });
    await borrower.expect('ok', { type: 'adopt', secrets: [secret] });
    const share = shares.find(({ name }) => name === 'borrowed')?.share;
    await maker.expect('shares', { type: 'revoke', upload, share });
    await borrower.closed;
    const back = await deviceOf(await signInAt(server.origin, 'Borrower', PASSPHRASE, 'sign-in'));
    expect((await back.expect('mine', { type: 'list-mine' })).uploads).toEqual([]);
    expect((await back.expect('error', { type: 'open', upload })).error.kind).toBe('not-admitted');
    for (const client of [maker, back]) client.close();
  });

  test('whoever has not signed in has no list, and no way in without a link', async () => {
    const client = await greet(await connect(server.origin));
    for (const message of [
      { type: 'list-mine' },
      { type: 'adopt', secrets: [] },
      { type: 'open', upload: 'x'.repeat(22) },
    ]) {
      expect((await client.expect('error', message)).error.kind).toBe('sign-in-first');
    }
    for (const token of ['x', 'a.b.c', 'x'.repeat(8_192)]) {
      expect((await client.expect('error', { type: 'sign-in', token })).error.kind).toBe('bad-token');
    }
    expect((await client.expect('error', { type: 'sign-in', token: '' })).error.kind).toBe('malformed');
    client.close();
  });
});

describe('the embedded issuer', () => {
  test('refuses another passphrase, a name that is taken, and what is too short', async () => {
    await signInAt(server.origin, 'Grace', PASSPHRASE);
    const refused: Array<[name: string, passphrase: string, what: 'sign-in' | 'make', words: RegExp]> = [
      ['Grace', 'another one', 'sign-in', /do not go together/],
      ['Nobody', PASSPHRASE, 'sign-in', /do not go together/],
      ['GRACE', 'another one', 'make', /has that name already/],
      ['Hopper', 'short', 'make', /8 to 256/],
      ['<script>', 'short', 'make', /8 to 256/],
      ['\u202Eevil', PASSPHRASE, 'make', /1 to 64 letters/],
    ];
    for (const [name, passphrase, what, words] of refused) {
      await expect(signInAt(server.origin, name, passphrase, what)).rejects.toThrow(words);
    }
  });

  test('makes no account for whoever merely reaches the port, and one for whoever has the key', async () => {
    const headers = { 'X-Forwarded-For': '192.0.2.7' };
    const make = (name: string, key?: string) =>
      signInAt(server.origin, name, PASSPHRASE, 'make', `${server.origin}/`, {
        headers,
        ...(key ? { key } : {}),
      });
    await expect(make('Neighbour')).rejects.toThrow(/with the key of this server only/);
    await expect(make('Neighbour', 'A'.repeat(22))).rejects.toThrow(/with the key of this server only/);
    const key = (await readFile(join(server.dataFolder, 'instance-key'), 'utf8')).trim();
    await make('Neighbour', key);
    const token = await signInAt(server.origin, 'Neighbour', PASSPHRASE, 'sign-in', `${server.origin}/`, {
      headers,
    });
    (await deviceOf(token)).close();
  });

  test('lets nobody guess for long', async () => {
    await signInAt(server.origin, 'Victim', PASSPHRASE);
    const guesses = Array.from({ length: 12 }, () =>
      signInAt(server.origin, 'victim', 'a wrong guess', 'sign-in'),
    );
    const outcomes = (await Promise.allSettled(guesses)).map((one) =>
      String((one as PromiseRejectedResult).reason),
    );
    expect(outcomes.some((words) => words.includes('too often'))).toBe(true);
  });

  test('and nobody goes from name to name: a source tries so many a minute, and others are not kept waiting', async () => {
    const tryAs = (name: string, address: string) =>
      signInAt(server.origin, name, PASSPHRASE, 'sign-in', `${server.origin}/`, {
        headers: { 'X-Forwarded-For': address },
      });
    let words = '';
    // At a window's edge twice as many get through.
    for (let i = 0; i <= 2 * MOST_PER_SOURCE && !words.includes('too often'); i++) {
      words = await tryAs(`somebody ${i}`, '192.0.2.66').catch(String);
    }
    expect(words).toContain('too often');
    await expect(tryAs('somebody else', '192.0.2.67')).rejects.toThrow(/do not go together/);
  });

  test.each(['https://evil.example/', 'http://192.0.2.66/', 'http://localhost:1/', 'javascript:alert(1)'])(
    'sends nobody to %s',
    async (redirectUri) => {
      await expect(signInAt(server.origin, 'Ada', PASSPHRASE, 'sign-in', redirectUri)).rejects.toThrow(
        'refused with 400',
      );
    },
  );

  test('offers all that the page asks for', async () => {
    const answer = await fetch(`${server.origin}/oidc/.well-known/openid-configuration`);
    const { scopes_supported } = (await answer.json()) as { scopes_supported: string[] };
    expect(scopes_supported).toEqual(expect.arrayContaining([...SIGN_IN_SCOPES]));
  });

  test('keeps neither passphrase nor token where anybody could read it, nor an address in the log', async () => {
    const token = await signInAt(server.origin, 'linus@example.org', PASSPHRASE);
    await expect(
      signInAt(server.origin, 'linus@example.org', `${PASSPHRASE}, not`, 'sign-in'),
    ).rejects.toThrow(/do not go together/);
    const client = await deviceOf(token);
    client.close();
    const signature = token.split('.')[2] ?? 'none';
    const stored = await everythingIn(server.dataFolder);
    expect(stored).toContain('$argon2id$');
    for (const secret of [PASSPHRASE, signature]) {
      expect(JSON.stringify(server.log)).not.toContain(secret);
      expect(stored).not.toContain(secret);
    }
    expect(addressesIn(JSON.stringify(server.log))).toEqual([]);
  });
});

async function everythingIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')));
  return texts.join('\n');
}
