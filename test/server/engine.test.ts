import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeUpload, type Upload, type UploadView } from '../../web/engine/upload.ts';
import { device, hashesOf, newSecret, newSecrets, sync } from '../support/client.ts';
import { engineOptions, memoryFile } from '../support/node-device.ts';
import { type ServerUnderTest, serve } from '../support/running-server.ts';

const MIB = 1_048_576;
/** Shorter than any lease: who is done by then waited for none. */
const NOT_A_LEASE_MS = 15_000;
let server: ServerUnderTest;

beforeAll(async () => {
  server = await serve();
});
afterAll(() => server.close());

type OpenView = Extract<UploadView, { state: 'open' }>;

/** Resolves with the first view that satisfies this. */
function viewOf(upload: Upload, is: (view: OpenView) => boolean): Promise<OpenView> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const view = upload.view();
      if (view.state === 'refused') reject(new Error(view.error.message));
      if (view.state !== 'open' || !is(view)) return;
      stop();
      resolve(view);
    };
    const stop = upload.onChange(look);
    look();
  });
}

const isFinished = (view: OpenView) => view.phase.state === 'finished';

function begin(bytes: Buffer, bytesPerS?: number, file = memoryFile(bytes, bytesPerS)) {
  const secrets = newSecrets();
  const info = { name: file.name, sizeBytes: bytes.length, type: '' };
  const options = engineOptions(server.origin, 'laptop');
  const upload = makeUpload(options, { kind: 'create', file: info, secrets }, file);
  return { upload, file, secrets, connection: options.connection };
}

function join(secret: string, bytes: Buffer | undefined, name: string, bytesPerS?: number) {
  const options = engineOptions(server.origin, name);
  const file = bytes && memoryFile(bytes, bytesPerS);
  return {
    upload: makeUpload(options, { kind: 'join', secret }, file),
    file,
    connection: options.connection,
  };
}

describe('the engine against the server', () => {
  test.each([0, 1, 5 * MIB, 23 * MIB + 17])(
    'one device carries a file of %i bytes, each part once',
    async (sizeBytes) => {
      const { upload, file, connection } = begin(randomBytes(sizeBytes));
      const view = await viewOf(upload, isFinished);
      expect(view.progress.share).toBe(1);
      expect([...file.puts.values()].every((count) => count === 1)).toBe(true);
      expect(file.puts.size).toBe(view.partCount);
      connection.close();
    },
  );

  test('three devices carry one file, each by its speed, and no part is carried twice', {
    timeout: NOT_A_LEASE_MS,
  }, async () => {
    const bytes = randomBytes(150 * MIB);
    const first = begin(bytes, 16 * MIB);
    await viewOf(first.upload, () => true);
    const others = ['phone', 'office'].map((name) => join(first.secrets.help, bytes, name, 16 * MIB));
    await Promise.all([first, ...others].map(({ upload }) => viewOf(upload, isFinished)));
    const counts = [first.file, ...others.map(({ file }) => file)].map((file) => file?.puts.size ?? 0);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(30);
    for (const count of counts) expect(count).toBeGreaterThanOrEqual(6);
    for (const { connection } of [first, ...others]) connection.close();
  });

  test('progress never goes back and is whole only once the upload has finished', async () => {
    const { upload, connection } = begin(randomBytes(60 * MIB));
    const shares: number[] = [];
    upload.onChange(() => {
      const view = upload.view();
      if (view.state === 'open' && view.phase.state !== 'finished') shares.push(view.progress.share);
    });
    await viewOf(upload, isFinished);
    expect(shares.length).toBeGreaterThan(0);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeLessThan(1);
    connection.close();
  });

  test('another file is refused, naming the part that differs', async () => {
    const bytes = randomBytes(6 * MIB);
    const other = Buffer.from(bytes);
    other.fill(0);
    const owner = await device(server.origin);
    const secrets = newSecrets();
    const file = { name: 'x', sizeBytes: bytes.length, type: '' };
    const { upload, partBytes } = await owner.expect('board', { type: 'create', file, secrets });
    await sync(owner, upload, { hashes: hashesOf(bytes, partBytes, [1, 2]) });
    const helper = join(secrets.help, other, 'phone');
    const view = await viewOf(helper.upload, ({ carrier }) => carrier?.state === 'stopped');
    expect(view.carrier).toMatchObject({ state: 'stopped', reason: 'different-file', part: 1 });
    expect(helper.file?.puts.size).toBe(0);
    helper.connection.close();
    owner.close();
  });

  test('a file of another size is refused before anything is read', async () => {
    const owner = begin(randomBytes(6 * MIB));
    await viewOf(owner.upload, () => true);
    const helper = join(owner.secrets.help, randomBytes(5 * MIB), 'phone');
    const view = await viewOf(
      helper.upload,
      ({ carrier }) => carrier?.state === 'stopped' || carrier?.state === 'over',
    );
    expect(view.carrier).toMatchObject({ state: 'stopped', reason: 'different-file' });
    owner.connection.close();
    helper.connection.close();
  });

  test('a file that changes under its upload stops the device in words; the original then finishes it', {
    timeout: NOT_A_LEASE_MS,
  }, async () => {
    const bytes = randomBytes(40 * MIB);
    const original = Buffer.from(bytes);
    const { upload, file, connection } = begin(bytes, 24 * MIB);
    await viewOf(upload, ({ doneParts }) => doneParts >= 2 && upload.board()?.replica.knownParts() === 8);
    bytes.fill(0, 7 * 5 * MIB);
    const stopped = await viewOf(upload, ({ carrier }) => carrier?.state === 'stopped');
    expect(stopped.carrier).toEqual({
      state: 'stopped',
      reason: 'file-changed',
      part: 8,
      detail: 'The store compared it with its hash.',
    });
    expect(stopped.phase.state).toBe('open');
    expect(stopped.doneParts).toBeGreaterThanOrEqual(2);
    const again = memoryFile(original);
    upload.attach(again);
    await viewOf(upload, isFinished);
    // What had been carried before was kept, and the changed part never was.
    const parts = [...file.puts.keys(), ...again.puts.keys()];
    expect(parts.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(file.puts.has(8)).toBe(false);
    connection.close();
  });

  test('a file that can no longer be read stops its device only, and nobody waits for its tickets', {
    timeout: NOT_A_LEASE_MS,
  }, async () => {
    const bytes = randomBytes(40 * MIB);
    const onDisk = memoryFile(bytes, 32 * MIB);
    const unplugged = { state: 'unreadable' as const, reason: 'The disk was unplugged.' };
    const owner = begin(bytes, undefined, {
      ...onDisk,
      put: (range, request, onSent) =>
        range.startByte === 4 * 5 * MIB
          ? { result: Promise.resolve(unplugged), abort() {} }
          : onDisk.put(range, request, onSent),
    });
    const { carrier, phase } = await viewOf(owner.upload, ({ carrier }) => carrier?.state === 'stopped');
    const detail = unplugged.reason;
    expect(carrier).toEqual({ state: 'stopped', reason: 'file-unreadable', part: 5, detail });
    expect(phase.state).toBe('open');
    const phone = join(owner.secrets.help, bytes, 'phone');
    await Promise.all([owner, phone].map(({ upload }) => viewOf(upload, isFinished)));
    expect(phone.file?.puts.has(5)).toBe(true);
    owner.connection.close();
    phone.connection.close();
  });

  test('a part that does not get through is carried again, and counts once', async () => {
    const bytes = randomBytes(23 * MIB);
    const file = memoryFile(bytes);
    const attempts = new Map<number, number>();
    const { upload, connection } = begin(bytes, undefined, {
      ...file,
      put(range, request, onSent) {
        const attempt = (attempts.get(range.startByte) ?? 0) + 1;
        attempts.set(range.startByte, attempt);
        if (attempt > 1) return file.put(range, request, onSent);
        onSent(MIB);
        return { result: Promise.resolve({ state: 'failed', reason: 'network' }), abort() {} };
      },
    });
    const view = await viewOf(upload, isFinished);
    expect([...attempts.values()]).toEqual([2, 2, 2, 2, 2]);
    expect([...file.puts.values()]).toEqual([1, 1, 1, 1, 1]);
    expect(view.doneParts).toBe(5);
    connection.close();
  });

  test('whoever watches sees every part done', async () => {
    const bytes = randomBytes(40 * MIB);
    const owner = begin(bytes);
    await viewOf(owner.upload, () => true);
    const watcher = join(owner.secrets.watch, undefined, 'wall');
    const view = await viewOf(watcher.upload, isFinished);
    expect(view.role).toBe('watcher');
    expect(view.doneParts).toBe(8);
    owner.connection.close();
    watcher.connection.close();
  });

  test('a wrong link is refused in words', async () => {
    const nobody = join('x'.repeat(22), undefined, 'stranger');
    await expect(viewOf(nobody.upload, () => false)).rejects.toThrow('This link is not valid');
    nobody.connection.close();
  });

  test('[L14] a device whose link has a limit carries that much and stops, an owner sees it, and takes the link back', async () => {
    const bytes = randomBytes(63 * MIB);
    const { upload, connection } = begin(bytes, 4 * MIB);
    await viewOf(upload, () => true);
    const secret = newSecret();
    const link = { secret, role: 'helper', name: 'kitchen tablet', limitBytes: 6 * MIB } as const;
    expect(await upload.links.make(link)).toEqual({ state: 'done' });
    const tablet = join(secret, bytes, 'tablet');
    const stopped = await viewOf(tablet.upload, ({ carrier }) => carrier?.state === 'stopped');
    expect(stopped.carrier).toMatchObject({
      reason: 'refused',
      detail: expect.stringContaining('no more bytes'),
    });
    expect([...(tablet.file?.puts.keys() ?? [])]).toHaveLength(1);
    const seen = await viewOf(upload, ({ devices }) =>
      devices.some(({ doneParts, isSelf }) => !isSelf && doneParts > 0),
    );
    const { share } = seen.devices.find(({ name }) => name === 'tablet') ?? {};
    expect(await upload.links.ask()).toEqual({ state: 'done' });
    const shown = upload.links.all()?.find((one) => one.share === share);
    expect(shown).toMatchObject({ name: 'kitchen tablet', limitBytes: 6 * MIB, usedBytes: 5 * MIB });

    const sentAway = new Promise<string>((resolve) => {
      tablet.upload.onChange(() => {
        const view = tablet.upload.view();
        if (view.state === 'refused') resolve(view.error.kind);
      });
    });
    expect(await upload.links.revoke(share ?? '')).toEqual({ state: 'done' });
    expect(await sentAway).toBe('not-admitted');
    expect(upload.links.all()?.find((one) => one.share === share)?.revokedAtMs).toBeGreaterThan(0);
    await upload.abort();
    for (const { upload: one, connection: line } of [{ upload, connection }, tablet]) {
      one.close();
      line.close();
    }
  });
});
