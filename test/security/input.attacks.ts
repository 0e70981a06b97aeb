import { expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import { newSecret, newSecrets, partOf, put, sync } from '../support/client.ts';
import { expectRefused, type Scene } from './scene.ts';

/** What is no message, and names that mean harm. */
export function inputAttacks(scene: () => Scene): void {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  test.for([
    ['nested beyond sense', nested(10_000)],
    ['nested within a message', `{"type":"sync","id":1,"want":${nested(10_000)}}`],
    ['a prototype', '{"type":"ping","id":1,"__proto__":{"type":"abort"},"constructor":{"prototype":{}}}'],
    ['two types', '{"type":"ping","type":"gimme","id":1}'],
    ['a number beyond all numbers', `{"type":"ping","id":${'9'.repeat(400)}}`],
    ['half of a surrogate pair', '{"type":"\\ud800","id":1}'],
    ['nothing', ''],
  ] as const)('%s costs its sender an error at most', async ([, frame]) => {
    const { world, owner } = scene();
    const before = await scene().now();
    const device = await world.device();
    device.send(frame);
    // Either it is a fair ping, or there is an error; the connection is as good as before.
    await device.expect('pong', { type: 'ping' });
    await owner.expect('pong', { type: 'ping' });
    expect(await scene().now()).toEqual(before);
  });

  test('a page of another site opens no socket, and the own page does', async () => {
    const { world } = scene();
    for (const origin of ['https://evil.example', 'null', '', `${world.page}.evil.example`]) {
      await expect(world.connect(origin), origin).rejects.toThrow('403');
    }
    (await world.connect(world.page)).close();
  });

  test('a frame over 128 KB ends its connection and nobody else’s', async () => {
    const { world, owner } = scene();
    const device = await world.device();
    device.send(`{"type":"ping","id":1,"padding":"${'x'.repeat(131_072)}"}`);
    expect(await device.closed).toBe(1009);
    await owner.expect('pong', { type: 'ping' });
  });

  test('names and types that are too long, empty or no text are refused', async () => {
    const { owner, upload, world } = scene();
    const create = (file: unknown) => ({ type: 'create', file, secrets: newSecrets() });
    for (const name of ['', 'x'.repeat(256), 7, null, ['x']]) {
      await expectRefused(scene(), owner, create({ name, sizeBytes: 1, type: '' }), 'malformed');
    }
    const long = { name: 'x', sizeBytes: 1, type: 'x'.repeat(256) };
    await expectRefused(scene(), owner, create(long), 'malformed');
    const link = { type: 'share', upload, secret: newSecret(), role: 'helper', name: 'x'.repeat(65) };
    await expectRefused(scene(), owner, link, 'malformed');
    const stranger = await world.connect();
    const key = newSecret();
    const hello = { type: 'hello', version: PROTOCOL_VERSION, device: { key, name: 'x'.repeat(65) } };
    expect((await stranger.expect('error', hello)).error.kind).toBe('malformed');
  });

  test.for([
    ['line ends', 'a\r\nSet-Cookie: stolen=1\r\n\r\n<script>alert(1)</script>.html'],
    ['quotes and paths', '../../"; filename=evil.exe; x="..\\..\\a/b%00.txt'],
    ['right-to-left override', 'harmless\u202Efdp.exe'],
    ['half a character', 'half \ud800 name.bin'],
    ['any script', 'Übung «Größe» 日本語 😀.mov'],
  ] as const)('a name with %s is a name and nothing else', async ([, name]) => {
    const { world } = scene();
    const owner = await world.device('laptop\r\nX-Evil: 1');
    const bytes = Buffer.from('<script>alert(1)</script>');
    const file = { name, sizeBytes: bytes.length, type: 'text/html\r\nX-Evil: 1' };
    const secrets = newSecrets();
    const { upload, partBytes } = await owner.expect('board', { type: 'create', file, secrets });
    const hash = { part: 1, sha256: await sha256(bytes) };
    const granted = await sync(owner, upload, { hashes: [hash], want: [1] });
    expect(granted.put?.template).not.toContain('script');
    const path = new URL(granted.put?.template ?? '', 'http://x').pathname;
    expect(path).toMatch(/\/uploads\/[A-Za-z0-9_-]{22}$/);
    expect((await put(world.origin, granted, 1, partOf(bytes, partBytes, 1))).status).toBe(200);
    await sync(owner, upload, { done: [1] });
    await owner.hear('state', ({ state }) => state.state === 'finished');
    const { url } = await owner.expect('link', { type: 'download', upload });
    const got = await fetch(new URL(url, world.origin));
    const disposition = got.headers.get('content-disposition') ?? '';
    expect(disposition).toMatch(
      /^attachment; filename="[^"\\]*"; filename\*=UTF-8''[A-Za-z0-9%._~!$&+^`|-]*$/,
    );
    const kept = decodeURIComponent(disposition.split("''")[1] ?? '');
    expect(kept).toBe(name.toWellFormed());
    expect(got.headers.get('x-evil')).toBeNull();
    expect(got.headers.get('set-cookie')).toBeNull();
    expect(got.headers.get('content-type')).toBe('application/octet-stream');
    expect(got.headers.get('x-content-type-options')).toBe('nosniff');
    expect(got.headers.get('content-security-policy')).toContain('sandbox');
    expect(Buffer.from(await got.arrayBuffer()).equals(bytes)).toBe(true);
  });
}

async function sha256(bytes: Buffer): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))).toString('base64');
}
