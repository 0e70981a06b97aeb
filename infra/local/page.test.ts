import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeServer, listen } from './edge.ts';
import { exchange } from './objectstore/object-store.fixture.ts';
import { copyPage, makePage } from './page.ts';

let folder: string;
let built: string;
let server: Server;
let port: number;

async function build(script: string): Promise<void> {
  await rm(built, { recursive: true, force: true });
  await mkdir(join(built, 'assets'), { recursive: true });
  await writeFile(join(built, 'index.html'), `<script src="assets/${script}"></script>`);
  await writeFile(join(built, 'assets', script), 'run()');
  await writeFile(join(built, '.sources'), 'a digest');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-page-'));
  built = join(folder, 'built');
  await build('index-1.js');
  await copyPage(built, join(folder, 'served'));
  server = createServer(makePage(join(folder, 'served')));
  await listen(server, 0, '127.0.0.1');
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  await closeServer(server);
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  exchange(port, { path, headers, method });

test('what is named by its content is kept for ever, the rest is asked for anew and answered in short', async () => {
  const page = await get('/');
  expect(page.status).toBe(200);
  expect(page.headers).toMatchObject({
    'content-type': 'text/html;charset=utf-8',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  const again = await get('/', { 'if-none-match': page.headers.etag ?? '' });
  expect(again.status).toBe(304);
  const script = await get('/assets/index-1.js');
  expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(script.headers['content-type']).toContain('javascript');
});

test('a text is sent as short as the browser can read it', async () => {
  const plain = await get('/assets/index-1.js');
  expect(plain.headers['content-encoding']).toBeUndefined();
  for (const encoding of ['br', 'gzip']) {
    const packed = await get('/assets/index-1.js', { 'accept-encoding': `${encoding}, deflate` });
    expect(packed.headers).toMatchObject({
      'content-encoding': encoding,
      'content-type': plain.headers['content-type'],
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
    });
    const page = await get('/', { 'accept-encoding': encoding });
    expect(page.headers).toMatchObject({ 'content-encoding': encoding, 'cache-control': 'no-cache' });
  }
});

test('HEAD has the same headers and no body', async () => {
  const head = await get('/', {}, 'HEAD');
  expect(head.status).toBe(200);
  expect(head.headers['content-length']).toBe((await get('/')).headers['content-length']);
  expect(head.body).toHaveLength(0);
});

describe('what is not for visitors is not there', () => {
  test.each([
    '/nothing',
    '/.sources',
    '/../built/index.html',
    '/%2e%2e/built/index.html',
    '/assets',
    '//',
    '/%',
  ])('%s', async (path) => {
    const { status, body } = await get(path);
    // `//` is the page itself.
    if (path === '//') expect([200, 404]).toContain(status);
    else expect(status).toBe(404);
    expect(body.toString()).not.toContain('digest');
  });

  test('nothing can be put there', async () => {
    const { status, headers } = await get('/', {}, 'POST');
    expect(status).toBe(405);
    expect(headers.allow).toBe('GET, HEAD');
  });
});

test.each(['bytes=5-2', 'bytes=0-1', 'bytes=-1', 'bytes=99999-', 'bytes=a-b', 'x'])(
  'a request for a range (%s) is answered with the whole, and does not end the server',
  async (range) => {
    const { status, body } = await get('/', { range });
    expect(status).toBe(200);
    expect(body.toString()).toContain('index-1.js');
  },
);

test('while the next page is being built, a running server goes on with the one it was started with', async () => {
  await build('index-2.js');
  expect((await get('/')).body.toString()).toContain('index-1.js');
  expect((await get('/assets/index-1.js')).body.toString()).toBe('run()');
});

test('a server that is started again has the new page and nothing of the old one', async () => {
  const served = join(folder, 'served-again');
  await mkdir(join(served, 'assets'), { recursive: true });
  await writeFile(join(served, 'assets', 'old.js'), '');
  await copyPage(built, served);
  const next = createServer(makePage(served));
  await listen(next, 0, '127.0.0.1');
  const { port: nextPort } = next.address() as AddressInfo;
  expect((await exchange(nextPort, { path: '/' })).body.toString()).toContain('index-2.js');
  expect((await exchange(nextPort, { path: '/assets/old.js' })).status).toBe(404);
  await closeServer(next);
});
