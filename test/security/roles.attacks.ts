import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashesOf, newSecret, newSecrets, partOf, put, sha256, sync, syncOf } from '../support/client.ts';
import { expectRefused, type Scene } from './scene.ts';

/** What each role may not do, and what the store does with those who try it there. */
export function roleAttacks(scene: () => Scene): void {
  test('a watcher carries nothing, shows nothing, ends nothing, downloads nothing', async () => {
    const { upload, watcher, bytes, partBytes } = scene();
    const client = await watcher();
    const hashes = hashesOf(bytes, partBytes, [1]);
    for (const list of [
      { want: [1] },
      { hedge: [1] },
      { done: [1] },
      { release: [1] },
      { renew: [1] },
      { any: 1 },
      { hashes },
    ]) {
      await expectRefused(scene(), client, syncOf(upload, list), 'not-allowed');
    }
    const offer = { type: 'offer', upload, sizeBytes: bytes.length };
    for (const message of [
      offer,
      { type: 'prove', upload, hashes },
      { type: 'abort', upload },
      { type: 'download', upload },
    ]) {
      await expectRefused(scene(), client, message, 'not-allowed');
    }
  });

  test('a helper publishes no hashes, ends nothing, downloads nothing', async () => {
    const { upload, helper, bytes, partBytes } = scene();
    const client = await helper();
    const hashes = hashesOf(bytes, partBytes, [1]);
    await expectRefused(scene(), client, syncOf(upload, { hashes }), 'not-allowed');
    await expectRefused(scene(), client, { type: 'abort', upload }, 'not-allowed');
    await expectRefused(scene(), client, { type: 'download', upload }, 'not-allowed');
  });

  test('an owner of one upload is nobody at another', async () => {
    const { upload, world } = scene();
    const tenant = await world.device('tenant');
    const file = { name: 'x', sizeBytes: 1, type: '' };
    await tenant.expect('board', { type: 'create', file, secrets: newSecrets() });
    for (const message of [
      syncOf(upload, { want: [1] }),
      { type: 'abort', upload },
      { type: 'download', upload },
      { type: 'list', upload },
      { type: 'share', upload, secret: newSecret(), role: 'owner', name: '' },
      { type: 'revoke', upload, share: 'A'.repeat(11) },
    ]) {
      await expectRefused(scene(), tenant, message, 'not-joined');
    }
    await expectRefused(scene(), tenant, { type: 'open', upload }, 'sign-in-first');
  });

  test('whoever has joined as owner and then as watcher on one connection is a watcher', async () => {
    const { upload, secrets, world } = scene();
    const device = await world.device();
    await device.expect('board', { type: 'join', secret: secrets.own });
    await device.expect('board', { type: 'join', secret: secrets.watch });
    await expectRefused(scene(), device, { type: 'abort', upload }, 'not-allowed');
  });

  test('a helper’s other bytes, other lengths and other parts are refused by the store', async () => {
    const { world, upload, helper, bytes, partBytes } = scene();
    const client = await helper();
    const granted = await sync(client, upload, { want: [1] });
    const right = partOf(bytes, partBytes, 1);
    const wrong = randomBytes(right.length);
    expect((await put(world.origin, granted, 1, wrong)).status).toBe(400);
    // Their own hash in the header is not the one that was signed.
    const ticket = granted.put?.tickets[0];
    const url = addressOf(granted, 1);
    const send = (to: string, body: Buffer, hash: string) =>
      fetch(new URL(to, world.origin), {
        method: 'PUT',
        headers: { 'x-amz-checksum-sha256': hash },
        body: new Uint8Array(body),
      });
    const refused = async (answer: Promise<Response>) => {
      const { status } = await answer;
      expect([400, 403, 404, 405, 411]).toContain(status);
    };
    await refused(send(url, wrong, sha256(wrong)));
    await refused(send(url, right.subarray(1), ticket?.sha256 ?? ''));
    await refused(send(url, Buffer.concat([right, right]), ticket?.sha256 ?? ''));
    await refused(send(url, Buffer.alloc(0), ticket?.sha256 ?? ''));
    await refused(send(url.replace('partNumber=1', 'partNumber=2'), right, ticket?.sha256 ?? ''));
    await refused(send(url.replace(`uploads/${upload}`, 'uploads/other'), right, ticket?.sha256 ?? ''));
    await refused(send(url.replace('X-Amz-Expires=900', 'X-Amz-Expires=90000'), right, ticket?.sha256 ?? ''));
    await refused(fetch(new URL(url, world.origin)));
    await refused(fetch(new URL(url, world.origin), { method: 'DELETE' }));
    expect((await put(world.origin, granted, 1, right)).status).toBe(200);
  });

  test('a device that has not shown the file gets no ticket, and proofs are no oracle for hashes', async () => {
    const { upload, secrets, world, bytes } = scene();
    const device = await world.device();
    await device.expect('board', { type: 'join', secret: secrets.help });
    for (const list of [{ want: [1] }, { hedge: [1] }, { any: 1 }]) {
      await expectRefused(scene(), device, syncOf(upload, list), 'not-proven');
    }
    await expectRefused(scene(), device, { type: 'prove', upload, hashes: [] }, 'not-proven');
    const { parts } = await device.expect('challenge', { type: 'offer', upload, sizeBytes: bytes.length });
    await expectRefused(scene(), device, { type: 'prove', upload, hashes: [] }, 'not-proven');
    const hashes = parts.map((part) => ({ part, sha256: sha256(randomBytes(8)) }));
    const { error } = await device.expect('error', { type: 'prove', upload, hashes });
    expect(error.kind).toBe('different-file');
    expect(JSON.stringify(error)).not.toMatch(/[A-Za-z0-9+/]{43}=/);
  });

  test('a message heard on the line and sent again by another connection does nothing', async () => {
    const { upload, helper, owner, world } = scene();
    const client = await helper();
    const message = syncOf(upload, { want: [1] });
    await client.expect('granted', message);
    const replayer = await world.device();
    await expectRefused(scene(), replayer, message, 'not-joined');
    // By its own connection it is the same ticket again, and the board is what it was.
    const before = await scene().now();
    const again = await client.expect('granted', message);
    expect(again.put?.tickets.map(({ part }) => part)).toEqual([1]);
    expect(await scene().now()).toEqual(before);
    await owner.expect('pong', { type: 'ping' });
  });
}

function addressOf(granted: Parameters<typeof put>[1], part: number): string {
  const ticket = granted.put?.tickets.find((one) => one.part === part);
  const { template = '' } = granted.put ?? {};
  return template.replace('{part}', String(part)).replace('{signature}', ticket?.signature ?? '');
}
