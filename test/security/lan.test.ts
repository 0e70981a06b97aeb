import { readFile, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIMITS } from '../../protocol/limits.ts';
import { type Client, connect, createUpload, greet, newSecret, newSecrets, sync } from '../support/client.ts';
import { type ServerUnderTest, serve } from '../support/running-server.ts';

/** Somebody of the network, as a proxy on this machine tells of them: nothing else here comes from outside. */
const NEIGHBOUR = { 'X-Forwarded-For': '192.0.2.7' };
const FILE = { name: 'x', sizeBytes: 1, type: '' };
const MOST_AT_ONCE = 40;

let server: ServerUnderTest;
let key: string;
beforeAll(async () => {
  server = await serve({ rations: { ...LIMITS, connectionsAtOnce: MOST_AT_ONCE, uploadsPerHour: 3 } });
  key = (await readFile(join(server.dataFolder, 'instance-key'), 'utf8')).trim();
});
afterAll(() => server.close());

const from = async (headers: Record<string, string>): Promise<Client> =>
  greet(await connect(server.origin, headers));
const create = (key?: string) => ({
  type: 'create',
  file: FILE,
  secrets: newSecrets(),
  ...(key ? { key } : {}),
});

/** The status of a request with this path and these headers, as a program sends them. */
function statusOf(path: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(server.origin), { path, headers, method }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('somebody who merely reaches the port', () => {
  test('creates nothing without the key, nor with another one', async () => {
    const neighbour = await from(NEIGHBOUR);
    for (const message of [create(), create(newSecret())]) {
      const { error } = await neighbour.expect('error', message);
      expect(error.kind).toBe('sign-in-first');
    }
    expect((await neighbour.expect('error', create('short'))).error.kind).toBe('malformed');
    neighbour.close();
  });

  test('joins with a link all the same', async () => {
    const secrets = newSecrets();
    const owner = await from({});
    await createUpload(owner, Buffer.from('x'), secrets);
    const neighbour = await from(NEIGHBOUR);
    expect(await neighbour.expect('board', { type: 'join', secret: secrets.help })).toMatchObject({
      role: 'helper',
    });
    owner.close();
    neighbour.close();
  });

  test('creates with the key, as many as an hour has room for, and never what is there already', async () => {
    const neighbour = await from({ 'X-Forwarded-For': '192.0.2.8' });
    const first = create(key);
    for (const message of [first, create(key), create(key)]) await neighbour.expect('board', message);
    const { error } = await neighbour.expect('error', create(key));
    expect(error).toMatchObject({ kind: 'too-many', minBackoffMs: expect.any(Number) });
    await neighbour.expect('board', first);
    neighbour.close();
  });

  test('is not taken for this machine because they say so', async () => {
    for (const forged of ['127.0.0.1, 192.0.2.7', '::1, 192.0.2.7', 'localhost']) {
      const neighbour = await from({ 'X-Forwarded-For': forged });
      expect((await neighbour.expect('error', create())).error.kind).toBe('sign-in-first');
      neighbour.close();
    }
    // Called by another name than its own loopback one, it is somebody else whom a proxy speaks for.
    const proxied = await from({ Host: '192.0.2.1' });
    expect((await proxied.expect('error', create())).error.kind).toBe('sign-in-first');
    proxied.close();
  });

  test('does not find the key: it is in a file of its owner’s alone, and in no answer', async () => {
    expect((await stat(join(server.dataFolder, 'instance-key'))).mode & 0o077).toBe(0);
    for (const path of ['/', '/address', '/config.json', '/healthz', '/instance-key', '/../instance-key']) {
      expect(await (await fetch(`${server.origin}${path}`)).text()).not.toContain(key);
    }
    expect(JSON.stringify(server.log)).not.toContain(key);
  });
});

describe('a page of another site', () => {
  test.each(['https://evil.example', 'http://127.0.0.1:1', 'null', 'http://localhost.evil.example', 'x'])(
    'that opens a socket from %s is refused',
    async (origin) => {
      await expect(connect(server.origin, { Origin: origin })).rejects.toThrow('403');
    },
  );

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.nip.example',
    'a@127.0.0.1',
    'a;b.localhost',
    'a,.localhost',
  ])('that had its domain pointed here is refused as %j, whatever it asks for', async (host) => {
    for (const path of [
      '/',
      '/config.json',
      '/address',
      '/healthz',
      '/s3/tributary/uploads/x',
      '/oidc/auth',
    ]) {
      expect([400, 421]).toContain(await statusOf(path, { Host: host }));
    }
    expect([400, 421]).toContain(
      await statusOf('/s3/tributary/x', { Host: host, Expect: '100-continue' }, 'PUT'),
    );
    const origin = `http://${host}`;
    await expect(connect(server.origin, { Host: host, Origin: origin })).rejects.toThrow(/40[03]|421/);
  });

  test('cannot read an answer that carries no permission for it, nor put the page into a frame', async () => {
    const page = await fetch(server.origin, { headers: { Origin: 'https://evil.example' } });
    expect(page.headers.get('access-control-allow-origin')).toBeNull();
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    const address = await fetch(`${server.origin}/address`, { headers: { Origin: 'https://evil.example' } });
    expect(address.headers.get('access-control-allow-origin')).toBeNull();
  });
});

test.each(['localhost', '127.0.0.1', '[::1]', '192.168.1.5:8080', 'here.localhost'])(
  'it goes by the name %s',
  async (host) => {
    expect(await statusOf('/config.json', { Host: host })).toBe(200);
  },
);

test.each([
  '/local/@connections/x',
  '/local/%40connections/x',
  '/@connections/x',
  '/2015-03-31/functions/finish/invocations',
  '/s3/../local/@connections/x',
])('the public port has nothing at %s', async (path) => {
  for (const method of ['GET', 'POST', 'DELETE'])
    expect([403, 404, 405]).toContain(await statusOf(path, {}, method));
});

test('ten thousand connections of one source are refused but for some, and nobody else notices', {
  timeout: 90_000,
}, async () => {
  const owner = await from({ 'X-Forwarded-For': '192.0.2.20' });
  const flood = { 'X-Forwarded-For': '192.0.2.66' };
  const open: Client[] = [];
  let refused = 0;
  for (let sent = 0; sent < 10_000; sent += 250) {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 250 }, () => connect(server.origin, flood)),
    );
    for (const outcome of outcomes) {
      // A connection that says nothing is ended after a while, and makes room for another.
      if (outcome.status === 'fulfilled') open.push(await greet(outcome.value));
      else refused += Number(/429/.test(String(outcome.reason)));
    }
  }
  expect(open).toHaveLength(MOST_AT_ONCE);
  expect(refused).toBe(10_000 - MOST_AT_ONCE);
  await owner.expect('pong', { type: 'ping' });
  const secrets = newSecrets();
  const here = await from({});
  const { upload } = await createUpload(here, Buffer.from('x'), secrets);
  await sync(here, upload, {});
  for (const client of [...open, owner, here]) client.close();
  await Promise.all(open.map(({ closed }) => closed));
  // Who has left makes room.
  (await from(flood)).close();
});
