import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MAX_FILE_BYTES } from '../../protocol/board/geometry.ts';
import type { ErrorKind } from '../../protocol/messages/error.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import { addressesIn } from '../support/addresses-in.ts';
import {
  type Client,
  connect,
  createUpload,
  device,
  hashesOf,
  newSecret,
  newSecrets,
  type Secrets,
  sync,
  syncOf,
} from '../support/client.ts';
import { type ServerUnderTest, serve } from '../support/running-server.ts';

const bytes = randomBytes(6 * 1_048_576);
let server: ServerUnderTest;
let owner: Client;
let upload: string;
let partBytes: number;
let secrets: Secrets;

beforeAll(async () => {
  server = await serve();
});
afterAll(() => server.close());

beforeEach(async () => {
  secrets = newSecrets();
  owner = await device(server.origin);
  ({ upload, partBytes } = await createUpload(owner, bytes, secrets));
  return () => owner.close();
});

async function refusal(client: Client, message: Record<string, unknown>) {
  return (await client.expect('error', message)).error;
}

/** What the message did to the board as its owner sees it. */
async function boardNow() {
  const fresh = await device(server.origin);
  const board = await fresh.expect('board', { type: 'join', secret: secrets.own });
  fresh.close();
  return { stripes: board.stripes, state: board.state };
}

describe('what is no message costs its sender an error', () => {
  const frames: Array<[name: string, frame: string, kind: ErrorKind, expected: RegExp]> = [
    ['not JSON', 'hello?', 'malformed', /JSON/],
    ['half a message', '{"type":"sync","id":', 'malformed', /JSON/],
    ['an unknown type', '{"type":"gimme","id":1}', 'unknown-type', /known message type/],
    ['no object', '[1,2,3]', 'malformed', /./],
    ['a wrong type of id', '{"type":"ping","id":"one"}', 'malformed', /number/],
    ['nested beyond sense', '['.repeat(10_000) + ']'.repeat(10_000), 'malformed', /./],
  ];
  test.each(frames)('%s', async (_name, frame, kind, expected) => {
    owner.send(frame);
    const { error } = await owner.hear('error');
    expect(error.kind).toBe(kind);
    expect(error.expected).toMatch(expected);
    await owner.expect('pong', { type: 'ping' });
  });

  test('over-long, in frames that are short enough', async () => {
    owner.sendInPieces(JSON.stringify({ type: 'ping', id: 1, padding: 'x'.repeat(40_000) }));
    const { error } = await owner.hear('error');
    expect(error).toMatchObject({ kind: 'too-long', expected: 'at most 32768 bytes' });
    await owner.expect('pong', { type: 'ping' });
  });

  test('a frame over 32 KB ends its connection and nobody else’s', async () => {
    const other = await device(server.origin);
    other.send('x'.repeat(40_000));
    expect(await other.closed).toBe(1009);
    await owner.expect('pong', { type: 'ping' });
  });

  test('wrong types are named by their path, with expectation and value', async () => {
    const error = await refusal(owner, syncOf(upload, { want: ['three' as unknown as number] }));
    expect(error).toMatchObject({ kind: 'malformed', value: 'three' });
    expect(error.message).toContain('want.0');
    expect(error.expected).toContain('number');
  });
});

describe('hello', () => {
  test('anything before it is answered by an error, and the connection ends', async () => {
    const stranger = await connect(server.origin);
    stranger.send('{"type":"ping","id":7}');
    expect(await stranger.hear('error')).toMatchObject({ re: 7, error: { kind: 'hello-first' } });
    await stranger.closed;
  });

  test('noise before it ends the connection too', async () => {
    const stranger = await connect(server.origin);
    stranger.send('GET / HTTP/1.1');
    expect((await stranger.hear('error')).error.kind).toBe('malformed');
    await stranger.closed;
  });

  test('another version is refused, naming both', async () => {
    const stranger = await connect(server.origin);
    const error = await refusal(stranger, {
      type: 'hello',
      version: 99,
      device: { key: newSecret(), name: 'x' },
    });
    expect(error).toMatchObject({
      kind: 'wrong-version',
      expected: `version ${PROTOCOL_VERSION}`,
      value: '99',
    });
    stranger.close();
  });
});

describe('create', () => {
  test.each([-1, 0.5, MAX_FILE_BYTES + 1, 1e300])('a size of %d bytes is refused', async (sizeBytes) => {
    const file = { name: 'x', sizeBytes, type: '' };
    const error = await refusal(owner, { type: 'create', file, secrets: newSecrets() });
    expect(error).toMatchObject({ kind: 'bad-size', value: String(sizeBytes) });
    expect(error.expected).toContain(String(MAX_FILE_BYTES));
  });

  test('a secret that is too short is refused and not echoed', async () => {
    const file = { name: 'x', sizeBytes: 1, type: '' };
    const error = await refusal(owner, {
      type: 'create',
      file,
      secrets: { ...newSecrets(), help: 'password1' },
    });
    expect(error.kind).toBe('malformed');
    expect(JSON.stringify(error)).not.toContain('password1');
  });
});

describe('what a device may not do changes nothing', () => {
  test('a wrong secret', async () => {
    expect((await refusal(owner, { type: 'join', secret: newSecret() })).kind).toBe('not-admitted');
  });

  test('an upload that the connection has not joined', async () => {
    const stranger = await device(server.origin);
    for (const message of [
      syncOf(upload, { done: [1] }),
      { type: 'offer', upload, sizeBytes: bytes.length },
      { type: 'prove', upload, hashes: [] },
      { type: 'abort', upload },
      { type: 'download', upload },
      { type: 'leave', upload },
      syncOf('x'.repeat(22)),
    ]) {
      expect((await refusal(stranger, message)).kind).toBe('not-joined');
    }
    expect(await boardNow()).toEqual({ stripes: [], state: { state: 'open' } });
    stranger.close();
  });

  test('parts that the file does not have', async () => {
    for (const list of ['done', 'want', 'hedge', 'release', 'renew'] as const) {
      const error = await refusal(owner, syncOf(upload, { [list]: [3] }));
      expect(error).toMatchObject({ kind: 'part-out-of-range', expected: 'a part from 1 to 2', value: '3' });
    }
    expect((await refusal(owner, syncOf(upload, { done: [0] }))).kind).toBe('malformed');
    expect((await boardNow()).stripes).toEqual([]);
  });

  test('hashes that contradict the manifest', async () => {
    await sync(owner, upload, { hashes: hashesOf(bytes, partBytes, [1]) });
    const before = await boardNow();
    const other = hashesOf(randomBytes(bytes.length), partBytes, [1, 2]);
    expect(await refusal(owner, syncOf(upload, { hashes: other }))).toMatchObject({
      kind: 'hash-contradicts',
      part: 1,
    });
    expect(await boardNow()).toEqual(before);
  });

  test('a watcher that carries, a helper that publishes, ends or downloads', async () => {
    await sync(owner, upload, { hashes: hashesOf(bytes, partBytes, [1]) });
    const before = await boardNow();
    const watcher = await device(server.origin);
    await watcher.expect('board', { type: 'join', secret: secrets.watch });
    expect((await refusal(watcher, syncOf(upload, { want: [1] }))).kind).toBe('not-allowed');
    expect((await refusal(watcher, syncOf(upload, { done: [1] }))).kind).toBe('not-allowed');
    expect((await refusal(watcher, { type: 'offer', upload, sizeBytes: 1 })).kind).toBe('not-allowed');
    const helper = await device(server.origin);
    await helper.expect('board', { type: 'join', secret: secrets.help });
    const hashes = hashesOf(bytes, partBytes, [2]);
    expect((await refusal(helper, syncOf(upload, { hashes }))).kind).toBe('not-allowed');
    expect((await refusal(helper, { type: 'abort', upload })).kind).toBe('not-allowed');
    expect((await refusal(helper, { type: 'download', upload })).kind).toBe('not-allowed');
    expect(await boardNow()).toEqual(before);
    watcher.close();
    helper.close();
  });

  test('a helper that has not shown the file', async () => {
    await sync(owner, upload, { hashes: hashesOf(bytes, partBytes, [1]) });
    const helper = await device(server.origin);
    await helper.expect('board', { type: 'join', secret: secrets.help });
    expect((await refusal(helper, syncOf(upload, { want: [1] }))).kind).toBe('not-proven');
    expect((await refusal(helper, { type: 'prove', upload, hashes: [] })).kind).toBe('not-proven');
    await helper.expect('challenge', { type: 'offer', upload, sizeBytes: bytes.length });
    const wrong = hashesOf(randomBytes(bytes.length), partBytes, [1]);
    expect(await refusal(helper, { type: 'prove', upload, hashes: wrong })).toMatchObject({
      kind: 'different-file',
      part: 1,
    });
    expect((await refusal(helper, syncOf(upload, { want: [1] }))).kind).toBe('not-proven');
    helper.close();
  });

  test('more stripes than one message may touch', async () => {
    const big = { name: 'big', sizeBytes: 64 * 9 * 5_242_880, type: '' };
    const board = await owner.expect('board', { type: 'create', file: big, secrets: newSecrets() });
    const done = Array.from({ length: 9 }, (_, s) => s * 64 + 1);
    expect((await refusal(owner, syncOf(board.upload, { done }))).kind).toBe('too-many-stripes');
  });
});

test('no secret and no e-mail address is in the log', async () => {
  await owner.expect('board', { type: 'join', secret: secrets.help });
  await owner.expect('error', { type: 'join', secret: newSecret() });
  const logged = JSON.stringify(server.log);
  expect(logged).toContain('"type":"join"');
  for (const secret of Object.values(secrets)) expect(logged).not.toContain(secret);
  expect(addressesIn(logged)).toEqual([]);
});
