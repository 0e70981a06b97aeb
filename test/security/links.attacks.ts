import { expect, test } from 'vitest';
import { MAX_LIVE_LINKS } from '../../protocol/limits.ts';
import { newSecret, put, sync, syncOf } from '../support/client.ts';
import { expectRefused, type Scene } from './scene.ts';

/** What links promise: each admits to its role, until its end, as far as its limit, and not once it is taken back. */
export function linkAttacks(scene: () => Scene): void {
  test('secrets that are wrong, cut short, lengthened or put together from two open nothing', async () => {
    const { secrets, world } = scene();
    const stranger = await world.device();
    const swapped = secrets.help.slice(0, 11) + secrets.own.slice(11);
    for (const secret of [newSecret(), swapped, `${secrets.own}A`, secrets.own.toLowerCase()]) {
      await expectRefused(scene(), stranger, { type: 'join', secret }, 'not-admitted');
    }
    for (const secret of [secrets.own.slice(1), '', `${secrets.own.slice(1)}=`, `${secrets.own.slice(1)}%`]) {
      await expectRefused(scene(), stranger, { type: 'join', secret }, 'malformed');
    }
  });

  test('an upload’s id and a link’s public name open nothing, though they have a secret’s letters', async () => {
    const { upload, owner, world } = scene();
    const { shares } = await owner.expect('shares', { type: 'list', upload });
    const stranger = await world.device();
    await expectRefused(scene(), stranger, { type: 'join', secret: upload }, 'not-admitted');
    for (const { share } of shares) {
      await expectRefused(scene(), stranger, { type: 'join', secret: share + share }, 'not-admitted');
    }
  });

  test('nobody but an owner makes, lists or takes back links', async () => {
    const { helper, watcher, upload, owner } = scene();
    const { shares } = await owner.expect('shares', { type: 'list', upload });
    const [share] = shares.filter(({ role }) => role === 'watcher');
    for (const client of [await helper(), await watcher()]) {
      const made = { type: 'share', upload, secret: newSecret(), role: 'owner', name: '' };
      await expectRefused(scene(), client, made, 'not-allowed');
      await expectRefused(scene(), client, { type: 'list', upload }, 'not-allowed');
      const revoke = { type: 'revoke', upload, share: share?.share };
      await expectRefused(scene(), client, revoke, 'not-allowed');
    }
  });

  test('a link that has run out admits nobody, and who came by it is cut off', async () => {
    const { owner, upload, helper, world } = scene();
    const secret = newSecret();
    const link = { type: 'share', upload, secret, role: 'helper', name: 'guest', lifeMs: 60_000 };
    await owner.expect('shares', link);
    const guest = await helper(secret, 'guest');
    await sync(guest, upload, { want: [1], leaseMs: 20_000 });
    world.advance(60_001);
    // A message to everybody finds out who may no longer hear it.
    await sync(owner, upload, { want: [2] });
    await guest.closed;
    const stranger = await world.device();
    await expectRefused(scene(), stranger, { type: 'join', secret }, 'not-admitted', 'run-out');
  });

  test('a link that has run out grants nothing to a device that is still connected', async () => {
    const { owner, upload, helper, world } = scene();
    const secret = newSecret();
    await owner.expect('shares', {
      type: 'share',
      upload,
      secret,
      role: 'helper',
      name: '',
      lifeMs: 60_000,
    });
    const guest = await helper(secret);
    world.advance(60_001);
    expect((await guest.expect('error', syncOf(upload, { want: [1] }))).error.kind).toBe('not-admitted');
  });

  test('a link taken back grants nothing from that moment, its devices are cut off and their tickets are free', async () => {
    const { owner, upload, helper, secrets, world } = scene();
    const [guest, other] = [await helper(), await helper(await anotherLink(scene()), 'other')];
    await sync(guest, upload, { want: [1], leaseMs: 600_000 });
    await sync(other, upload, { want: [2], leaseMs: 600_000 });
    const { shares } = await owner.expect('shares', { type: 'list', upload });
    const given = shares.find(({ role, name }) => role === 'helper' && name === '');
    const after = await owner.expect('shares', { type: 'revoke', upload, share: given?.share });
    expect(after.shares.find(({ share }) => share === given?.share)?.revokedAtMs).toBeGreaterThan(0);
    await guest.closed;
    const back = await world.device('phone');
    const again = { type: 'join', secret: secrets.help };
    await expectRefused(scene(), back, again, 'not-admitted', 'taken-back');
    // The ticket is free for others at once; the other link's device has what it had.
    const granted = await sync(owner, upload, { want: [1, 2] });
    expect(granted.put?.tickets.map(({ part }) => part)).toEqual([1]);
    await other.expect('pong', { type: 'ping' });
    const kept = await sync(other, upload, { want: [2] });
    expect(kept.put?.tickets.map(({ part }) => part)).toEqual([2]);
  });

  test('an own link makes an owner of a device, and is taken back like any other; the maker’s is not', async () => {
    const { owner, upload, world } = scene();
    const secret = newSecret();
    const given = { type: 'share', upload, secret, role: 'owner', name: 'my phone' };
    const { shares } = await owner.expect('shares', given);
    const phone = await world.device('phone');
    expect(await phone.expect('board', { type: 'join', secret })).toMatchObject({ role: 'owner' });
    const makers = shares.find(({ isMakers }) => isMakers)?.share;
    await expectRefused(scene(), phone, { type: 'revoke', upload, share: makers }, 'link-is-makers');
    const none = { type: 'revoke', upload, share: 'A'.repeat(11) };
    await expectRefused(scene(), owner, none, 'no-such-link');
    const phones = shares.find(({ name }) => name === 'my phone')?.share;
    await owner.expect('shares', { type: 'revoke', upload, share: phones });
    await phone.closed;
  });

  test('a limit is a limit for all devices of the link together, and what is given back counts no more', async () => {
    const { owner, upload, helper, bytes, partBytes, world } = scene();
    const secret = newSecret();
    const limitBytes = partBytes + 1;
    await owner.expect('shares', { type: 'share', upload, secret, role: 'helper', name: '', limitBytes });
    const [one, two] = [await helper(secret), await helper(secret)];
    const first = await sync(one, upload, { want: [1, 2], leaseMs: 20_000 });
    expect(first.put?.tickets.map(({ part }) => part)).toEqual([1]);
    expect(first.leftBytes).toBe(1);
    expect((await sync(two, upload, { want: [2] })).put).toBeUndefined();
    expect((await sync(two, upload, { any: 2 })).put).toBeUndefined();
    expect((await sync(one, upload, { release: [1] })).leftBytes).toBe(limitBytes);
    const second = await sync(two, upload, { want: [2, 1] });
    expect(second.put?.tickets.map(({ part }) => part)).toEqual([2]);
    expect(second.leftBytes).toBe(limitBytes - (bytes.length - partBytes));
    expect((await put(world.origin, second, 2, bytes.subarray(partBytes))).status).toBe(200);
    await sync(two, upload, { done: [2] });
    const { shares } = await owner.expect('shares', { type: 'list', upload });
    expect(shares.find((share) => share.limitBytes === limitBytes)).toMatchObject({
      usedBytes: bytes.length - partBytes,
    });
  });

  test('a link made again by a repeated message is the same one, and links have an end', async () => {
    const { owner, upload } = scene();
    const link = { type: 'share', upload, secret: newSecret(), role: 'watcher', name: 'wall' };
    const once = await owner.expect('shares', link);
    expect((await owner.expect('shares', link)).shares).toEqual(once.shares);
    for (let made = once.shares.length; made < MAX_LIVE_LINKS; made++) {
      await owner.expect('shares', { ...link, secret: newSecret(), name: '\u0001'.repeat(64) });
    }
    await expectRefused(scene(), owner, { ...link, secret: newSecret() }, 'too-many');
  });

  test('a secret that is in use elsewhere makes no link', async () => {
    const { owner, upload, secrets } = scene();
    for (const secret of [secrets.watch, secrets.own]) {
      const link = { type: 'share', upload, secret, role: 'helper', name: '' };
      await expectRefused(scene(), owner, link, 'malformed');
    }
  });

  test('an owner sees by which link each device came', async () => {
    const { owner, upload, helper } = scene();
    const secret = await anotherLink(scene());
    await helper(secret, 'tablet');
    const { device } = await owner.hear('device', (message) => message.device.name === 'tablet');
    const { shares } = await owner.expect('shares', { type: 'list', upload });
    expect(device.share).toBe(shares.find(({ name }) => name === 'another')?.share);
    expect(device.share).toBeDefined();
  });
}

async function anotherLink({ owner, upload }: Scene): Promise<string> {
  const secret = newSecret();
  await owner.expect('shares', { type: 'share', upload, secret, role: 'helper', name: 'another' });
  return secret;
}
