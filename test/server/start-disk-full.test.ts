import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeUpload, type UploadView } from '../../web/engine/upload.ts';
import { createUpload, device, hashesOf, newSecrets, partOf, put, sync } from '../support/client.ts';
import { startDevice } from '../support/device-process.ts';
import { CAN_FILL, fillTable } from '../support/full-table.ts';
import { engineOptions, memoryFile } from '../support/node-device.ts';
import { type ServerUnderTest, serve } from '../support/running-server.ts';

/** How many bytes the pretended disk of the store still takes. (The table's is in another process.) */
const disk = vi.hoisted(() => ({ roomBytes: Number.POSITIVE_INFINITY }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const actual = await importOriginal<typeof import('node:fs/promises')>();
  return {
    ...actual,
    async open(...parameters: Parameters<typeof actual.open>) {
      const handle = await actual.open(...parameters);
      const write = handle.writev.bind(handle);
      const whole = handle.writeFile.bind(handle);
      return Object.assign(handle, {
        async writeFile(text: string) {
          if (Buffer.byteLength(text) > disk.roomBytes)
            throw Object.assign(new Error('ENOSPC: pretended'), { code: 'ENOSPC' });
          return whole(text);
        },
        async writev(buffers: Buffer[]) {
          const bytes = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
          if (bytes > disk.roomBytes) throw Object.assign(new Error('ENOSPC: pretended'), { code: 'ENOSPC' });
          disk.roomBytes -= bytes;
          return write(buffers);
        },
      });
    },
  };
});

const MIB = 1_048_576;
let server: ServerUnderTest;
/** At the terminal. */
const told: string[] = [];
beforeAll(async () => {
  server = await serve({ tell: (line) => told.push(line) });
});
afterAll(() => server.close());
afterEach(() => {
  disk.roomBytes = Number.POSITIVE_INFINITY;
});

const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test('a disk that fills up refuses the part in words, keeps the upload, and takes the part once there is room', async () => {
  const bytes = randomBytes(6 * MIB);
  const owner = await device(server.origin);
  const { upload, partBytes } = await createUpload(owner, bytes, newSecrets());
  const granted = await sync(owner, upload, { hashes: hashesOf(bytes, partBytes, [1, 2]), want: [1, 2] });
  const send = (part: number) => put(server.origin, granted, part, partOf(bytes, partBytes, part));
  expect((await send(1)).status).toBe(200);
  await sync(owner, upload, { done: [1] });

  disk.roomBytes = 1_000;
  const refused = await send(2);
  expect(refused.status).toBe(507);
  // Else a browser would see a network error in place of the reason.
  expect(refused.headers.get('access-control-allow-origin')).toBe('*');
  expect(await refused.text()).toContain('The disk that holds the object store is full');
  expect((await send(2)).status).toBe(507);
  const health = await fetch(`${server.origin}/healthz`);
  expect(health.status).toBe(503);
  expect(await health.json()).toMatchObject({
    ok: false,
    failing: [expect.stringMatching(/^the store: the disk with .* is full$/)],
  });

  disk.roomBytes = Number.POSITIVE_INFINITY;
  expect((await send(2)).status).toBe(200);
  expect((await fetch(`${server.origin}/healthz`)).status).toBe(200);
  expect(told).toEqual([
    expect.stringMatching(/^The disk with .* is full: .* once there is room\.$/),
    expect.stringMatching(/^There is room on the disk again/),
  ]);
  await sync(owner, upload, { done: [2] });
  await owner.hear('state', ({ state }) => state.state === 'finished');
  owner.close();
});

describe.skipIf(!CAN_FILL)('a table that finds no room', () => {
  const BIG = { S: 'x'.repeat(350_000) };

  /** Writes until there is no room. */
  async function fill(): Promise<() => Promise<void>> {
    const makeRoom = await fillTable(join(server.dataFolder, 'table'));
    const ready = server.log.findLast(({ kind }) => kind === 'table-ready');
    const client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${ready?.port}`, region: 'us-east-1' });
    const write = (pk: string) =>
      client.send(
        new PutItemCommand({ TableName: 'tributary', Item: { pk: { S: pk }, sk: { S: 'X' }, BIG } }),
      );
    const writeAll = async () => {
      for (let i = 0; i < 100; i++) await write(`filler ${i}`);
    };
    await expect(writeAll()).rejects.toThrow();
    client.destroy();
    return makeRoom;
  }
  const health = async () => {
    const answer = await fetch(`${server.origin}/healthz`);
    return { status: answer.status, ...((await answer.json()) as object) };
  };

  test('is told by the health check and on the terminal, and so is that it has some again', async () => {
    told.length = 0;
    const owner = await device(server.origin);
    const makeRoom = await fill();
    await expect.poll(health).toMatchObject({
      status: 503,
      failing: [expect.stringMatching(/^the table: the disk with .* is full$/)],
    });
    const file = { name: 'film', sizeBytes: 100, type: '' };
    const { error } = await owner.expect('error', { type: 'create', file, secrets: newSecrets() });
    expect(error.kind).toBe('store-full');
    owner.close();
    const { connection } = engineOptions(server.origin, 'late');
    await expect.poll(connection.status).toEqual({ state: 'connecting', trouble: 'store-full' });
    await makeRoom();
    await expect.poll(connection.status, { timeout: 20_000 }).toEqual({ state: 'online' });
    connection.close();
    await expect.poll(health, { timeout: 10_000 }).toMatchObject({ status: 200, ok: true });
    expect(told).toEqual([
      expect.stringMatching(/^The disk with .* is full: .* once there is room\.$/),
      expect.stringMatching(/^There is room on the disk again/),
    ]);
  });
});

const FULL_LINE =
  /^the disk of the server is full; what is uploaded is kept, and this goes on by itself once somebody has made room there$/m;

test('what cannot begin for want of room says so to the program and the person, and begins by itself once there is some', async () => {
  const plain = await device(server.origin);
  disk.roomBytes = 10;
  const file = { name: 'film', sizeBytes: 100, type: '' };
  const { error } = await plain.expect('error', { type: 'create', file, secrets: newSecrets() });
  expect(error).toMatchObject({ kind: 'store-full', minBackoffMs: expect.any(Number) });
  expect(error.message).toMatch(/disk of the server is full.* is kept.*made room/);
  plain.close();

  const folder = await mkdtemp(join(tmpdir(), 'tributary-full-'));
  const path = join(folder, 'film.mov');
  await writeFile(path, randomBytes(100));
  const [quiet, spoken] = [['--json'], []].map((more, i) =>
    startDevice(['create', path, '--server', server.origin, '--state', join(folder, `state-${i}`), ...more]),
  );
  if (!quiet || !spoken) throw new Error('expected two devices');
  const isSaid = new Promise<void>((resolve) => {
    let heard = '';
    spoken.child.stderr?.on('data', (chunk) => {
      heard += chunk;
      if (FULL_LINE.test(heard)) resolve();
    });
  });
  const line = await quiet.said((said) => said.includes('"opening"'));
  expect(JSON.parse(line)).toMatchObject({ kind: 'opening', connection: 'online', trouble: 'store-full' });
  await isSaid;
  disk.roomBytes = Number.POSITIVE_INFINITY;
  expect((await quiet.ended).code).toBe(0);
  expect((await spoken.ended).stdout).toContain('film.mov is complete.');
  await rm(folder, { recursive: true, force: true });
});

test('a device whose parts find no room shows that it is the disk, and finishes by itself once there is some', async () => {
  const bytes = randomBytes(30 * MIB);
  const file = memoryFile(bytes);
  const options = engineOptions(server.origin, 'laptop');
  const upload = makeUpload(
    options,
    { kind: 'create', file: { name: 'film', sizeBytes: bytes.length, type: '' }, secrets: newSecrets() },
    file,
  );
  type OpenView = Extract<UploadView, { state: 'open' }>;
  const viewWith = (is: (view: OpenView) => boolean) =>
    new Promise<OpenView>((resolve) => {
      const look = () => {
        const view = upload.view();
        if (view.state !== 'open' || !is(view)) return;
        stop();
        resolve(view);
      };
      const stop = upload.onChange(look);
      look();
    });

  disk.roomBytes = 12 * MIB;
  const stuck = await viewWith(({ carrier }) => carrier?.state === 'store-full');
  expect(stuck.phase.state).not.toBe('finished');
  expect(stuck.progress).toMatchObject({ rateBps: 0, etaMs: undefined });
  expect(stuck.doneParts).toBeLessThan(stuck.partCount);
  disk.roomBytes = Number.POSITIVE_INFINITY;
  const done = await viewWith(({ phase }) => phase.state === 'finished');
  expect(done.doneParts).toBe(6);
  expect([...file.puts.values()]).toEqual(Array(6).fill(1));

  const link = await upload.downloadLink();
  if (!('url' in link)) throw new Error(link.error?.message);
  const object = await fetch(new URL(link.url, server.origin));
  expect(sha256Of(Buffer.from(await object.arrayBuffer()))).toBe(sha256Of(bytes));
  options.connection.close();
});
