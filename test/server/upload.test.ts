import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  connect,
  createUpload,
  device,
  hashesOf,
  newSecrets,
  partOf,
  put,
  sync,
  syncOf,
} from '../support/client.ts';
import { type ServerUnderTest, serve } from '../support/running-server.ts';

const MIB = 1_048_576;
let server: ServerUnderTest;

beforeAll(async () => {
  server = await serve();
});
afterAll(() => server.close());

describe('an upload by messages alone', () => {
  test('two devices carry the parts of one file, each hears of the other, and the object is the file', async () => {
    const bytes = randomBytes(12 * MIB);
    const secrets = newSecrets();
    const owner = await device(server.origin, 'laptop');
    const board = await createUpload(owner, bytes, secrets);
    expect(board).toMatchObject({
      role: 'owner',
      device: 1,
      proven: true,
      state: { state: 'open' },
      stripes: [],
    });
    const { upload, partBytes } = board;

    await sync(owner, upload, { hashes: hashesOf(bytes, partBytes, [1, 2, 3]) });
    const helper = await device(server.origin, 'phone');
    const theirs = await helper.expect('board', { type: 'join', secret: secrets.help });
    expect(theirs).toMatchObject({ upload, role: 'helper', device: 2, proven: false });
    expect((await owner.hear('device')).device).toEqual({
      number: 2,
      name: 'phone',
      role: 'helper',
      online: true,
      // To the owner alone: by which of the links it came.
      share: expect.any(String),
    });

    const { parts } = await helper.expect('challenge', { type: 'offer', upload, sizeBytes: bytes.length });
    expect(parts).toEqual([1, 2, 3]);
    await helper.expect('proven', { type: 'prove', upload, hashes: hashesOf(bytes, partBytes, parts) });

    const first = await sync(owner, upload, { want: [1, 2] });
    const second = await sync(helper, upload, { want: [2, 3] });
    expect(first.put?.tickets.map(({ part }) => part)).toEqual([1, 2]);
    expect(second.put?.tickets.map(({ part }) => part)).toEqual([3]);

    for (const part of [1, 2]) {
      expect((await put(server.origin, first, part, partOf(bytes, partBytes, part))).status).toBe(200);
    }
    expect((await put(server.origin, second, 3, partOf(bytes, partBytes, 3))).status).toBe(200);
    await sync(helper, upload, { done: [3], rateBps: 1_000 });
    const heard = await owner.hear('stripes', ({ stripes }) => stripes[0]?.done === '4');
    expect(heard.by).toEqual({ device: 2, rateBps: 1_000 });
    await sync(owner, upload, { done: [1, 2] });

    for (const one of [owner, helper]) {
      expect(await one.hear('state', ({ state }) => state.state === 'finished')).toMatchObject({ upload });
    }
    const { url } = await owner.expect('link', { type: 'download', upload });
    const response = await fetch(new URL(url, server.origin));
    expect(response.headers.get('content-disposition')).toContain('attachment');
    const object = Buffer.from(await response.arrayBuffer());
    expect(createHash('sha256').update(object).digest('hex')).toBe(
      createHash('sha256').update(bytes).digest('hex'),
    );
  });

  test('an empty file is an upload of one empty part', async () => {
    const owner = await device(server.origin);
    const { upload, partBytes } = await createUpload(owner, Buffer.alloc(0), newSecrets(), 'nothing.txt');
    const bytes = Buffer.alloc(0);
    const granted = await sync(owner, upload, { hashes: hashesOf(bytes, partBytes, [1]), want: [1] });
    expect((await put(server.origin, granted, 1, bytes)).status).toBe(200);
    await sync(owner, upload, { done: [1] });
    await owner.hear('state', ({ state }) => state.state === 'finished');
    const { url } = await owner.expect('link', { type: 'download', upload });
    expect((await (await fetch(new URL(url, server.origin))).arrayBuffer()).byteLength).toBe(0);
  });

  test('a part that was reported but never sent is found missing, free again, and the upload still completes', async () => {
    const bytes = randomBytes(6 * MIB);
    const owner = await device(server.origin);
    const { upload, partBytes } = await createUpload(owner, bytes, newSecrets());
    const granted = await sync(owner, upload, { hashes: hashesOf(bytes, partBytes, [1, 2]), want: [1, 2] });
    await put(server.origin, granted, 1, partOf(bytes, partBytes, 1));
    await sync(owner, upload, { done: [1, 2] });
    const reopened = await owner.hear('stripes', ({ stripes }) => stripes[0]?.done === '1');
    expect(reopened.stripes[0]).toMatchObject({ known: '3', done: '1', leases: [] });
    await owner.hear('state', ({ state }) => state.state === 'open');
    const again = await sync(owner, upload, { want: [2] });
    await put(server.origin, again, 2, partOf(bytes, partBytes, 2));
    await sync(owner, upload, { done: [2] });
    await owner.hear('state', ({ state }) => state.state === 'finished');
  });

  test('the store refuses other bytes, another length and a part that the ticket is not for', async () => {
    const bytes = randomBytes(6 * MIB);
    const owner = await device(server.origin);
    const { upload, partBytes } = await createUpload(owner, bytes, newSecrets());
    const granted = await sync(owner, upload, { hashes: hashesOf(bytes, partBytes, [1, 2]), want: [1, 2] });
    const other = randomBytes(partBytes);
    expect((await put(server.origin, granted, 1, other)).status).toBe(400);
    expect((await put(server.origin, granted, 1, other.subarray(1))).status).toBe(403);
    const ticket = granted.put?.tickets[0];
    const elsewhere = (granted.put?.template ?? '')
      .replace('{part}', '2')
      .replace('{signature}', ticket?.signature ?? '');
    const swapped = await fetch(new URL(elsewhere, server.origin), {
      method: 'PUT',
      headers: { 'x-amz-checksum-sha256': ticket?.sha256 ?? '' },
      body: new Uint8Array(partOf(bytes, partBytes, 1)),
    });
    expect(swapped.status).toBe(403);
  });

  test('hashes said of a finished upload are compared: whoever comes back with the file learns whether it is still the same', async () => {
    const bytes = randomBytes(6 * MIB);
    const owner = await device(server.origin);
    const { upload, partBytes } = await createUpload(owner, bytes, newSecrets());
    const hashes = hashesOf(bytes, partBytes, [1, 2]);
    const granted = await sync(owner, upload, { hashes, want: [1, 2] });
    for (const part of [1, 2]) await put(server.origin, granted, part, partOf(bytes, partBytes, part));
    await sync(owner, upload, { done: [1, 2] });
    await owner.hear('state', ({ state }) => state.state === 'finished');
    expect((await sync(owner, upload, { hashes })).state.state).toBe('finished');
    const others = hashesOf(randomBytes(6 * MIB), partBytes, [2]);
    const { error } = await owner.expect('error', syncOf(upload, { hashes: others }));
    expect(error).toMatchObject({ kind: 'hash-contradicts', part: 2 });
  });

  test('a create that is said twice makes one upload', async () => {
    const secrets = newSecrets();
    const owner = await device(server.origin);
    const first = await createUpload(owner, Buffer.alloc(10), secrets);
    const second = await createUpload(owner, Buffer.alloc(10), secrets);
    expect(second.upload).toBe(first.upload);
    expect(second.device).toBe(first.device);
  });

  test('[L13] a client that keeps no board is given tickets', async () => {
    const bytes = randomBytes(11 * MIB);
    const owner = await device(server.origin);
    const { upload, partBytes } = await createUpload(owner, bytes, newSecrets());
    await sync(owner, upload, { hashes: hashesOf(bytes, partBytes, [1, 2, 3]) });
    const granted = await sync(owner, upload, { any: 2 });
    expect(granted.put?.tickets.map(({ part }) => part)).toEqual([1, 2]);
  });

  test('a device that comes back with its key has its number and its leases again', async () => {
    const bytes = randomBytes(MIB);
    const secrets = newSecrets();
    const owner = await device(server.origin, 'laptop', 'k'.repeat(22));
    const { upload, partBytes } = await createUpload(owner, bytes, secrets);
    await sync(owner, upload, { hashes: hashesOf(bytes, partBytes, [1]), want: [1] });
    owner.close();
    await owner.closed;
    const again = await device(server.origin, 'laptop', 'k'.repeat(22));
    const board = await again.expect('board', { type: 'join', secret: secrets.own });
    expect(board.device).toBe(1);
    expect(board.stripes[0]?.leases[0]?.slice(0, 2)).toEqual([1, '1']);
  });

  test('a device that leaves is shown offline to the others', async () => {
    const secrets = newSecrets();
    const owner = await device(server.origin);
    await createUpload(owner, Buffer.alloc(10), secrets);
    const watcher = await device(server.origin, 'wall');
    await watcher.expect('board', { type: 'join', secret: secrets.watch });
    await owner.hear('device', (message) => message.device.online);
    watcher.close();
    expect((await owner.hear('device', (message) => !message.device.online)).device).toMatchObject({
      name: 'wall',
      role: 'watcher',
    });
  });

  test('an aborted upload takes no more parts, and everybody is told', async () => {
    const secrets = newSecrets();
    const owner = await device(server.origin);
    const { upload, partBytes } = await createUpload(owner, Buffer.alloc(10), secrets);
    const watcher = await device(server.origin);
    await watcher.expect('board', { type: 'join', secret: secrets.watch });
    await owner.expect('ok', { type: 'abort', upload });
    await watcher.hear('state', ({ state }) => state.state === 'aborted');
    const after = await sync(owner, upload, {
      hashes: hashesOf(Buffer.alloc(10), partBytes, [1]),
      want: [1],
    });
    expect(after.state.state).toBe('aborted');
    expect(after.put).toBeUndefined();
    await owner.expect('ok', { type: 'abort', upload });
  });

  test('[L12] a paused upload grants nothing, holds nothing and says so to all; what lands meanwhile counts', async () => {
    const bytes = randomBytes(12 * MIB);
    const secrets = newSecrets();
    const owner = await device(server.origin, 'laptop');
    const { upload, partBytes } = await createUpload(owner, bytes, secrets);
    await sync(owner, upload, { hashes: hashesOf(bytes, partBytes, [1, 2, 3]) });
    const helper = await device(server.origin, 'phone');
    await helper.expect('board', { type: 'join', secret: secrets.help });
    const { parts } = await helper.expect('challenge', { type: 'offer', upload, sizeBytes: bytes.length });
    await helper.expect('proven', { type: 'prove', upload, hashes: hashesOf(bytes, partBytes, parts) });
    const granted = await sync(helper, upload, { want: [1, 2] });

    const refused = await helper.expect('error', { type: 'pause', upload, paused: true });
    expect(refused.error.kind).toBe('not-allowed');
    await owner.expect('ok', { type: 'pause', upload, paused: true });
    const heard = await helper.hear('state');
    expect(heard.state).toEqual({ state: 'open', pausedAtMs: expect.any(Number) });
    const freed = await helper.hear('stripes', ({ stripes }) => stripes[0]?.leases.length === 0);
    expect(freed.stripes[0]?.done).toBe('0');

    for (const one of [owner, helper]) {
      for (const claim of [{ want: [3] }, { any: 2 }, { want: [1], hedge: [2] }]) {
        const answer = await sync(one, upload, claim);
        expect(answer.put).toBeUndefined();
        expect(answer.state).toEqual(heard.state);
        expect(answer.stripes.flatMap(({ leases }) => leases)).toEqual([]);
      }
    }
    expect((await put(server.origin, granted, 1, partOf(bytes, partBytes, 1))).status).toBe(200);
    expect((await sync(helper, upload, { done: [1] })).stripes[0]?.done).toBe('1');
    const late = await device(server.origin, 'late');
    expect(await late.expect('board', { type: 'join', secret: secrets.help })).toMatchObject({
      state: heard.state,
    });

    await owner.expect('ok', { type: 'pause', upload, paused: false });
    await helper.hear('state', ({ state }) => state.state === 'open' && state.pausedAtMs === undefined);
    expect((await sync(helper, upload, { want: [2, 3] })).put?.tickets.map(({ part }) => part)).toEqual([
      2, 3,
    ]);
    await owner.expect('ok', { type: 'abort', upload });
    const over = await owner.expect('error', { type: 'pause', upload, paused: true });
    expect(over.error.kind).toBe('upload-ended');
    for (const one of [owner, helper, late]) one.close();
  });
});

describe('the server as a whole', () => {
  test('GET /healthz answers when everything behind it does', async () => {
    const response = await fetch(`${server.origin}/healthz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ok: true, version: 'test' });
  });

  test('a socket of another origin is refused', async () => {
    await expect(connect(server.origin, { origin: 'http://evil.example' })).rejects.toThrow('403');
  });
});
