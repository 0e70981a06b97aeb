import { expect, test } from 'vitest';
import { holdMsFor } from '../../protocol/board/hold.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { newSecret, partOf, put, sync } from '../support/client.ts';
import { expectRefused, proveTo, type Scene } from './scene.ts';
import { RATIONS } from './world.ts';

/** Helpers who have a good link and the right file, and mean harm all the same. */
export function helperAttacks(scene: () => Scene): void {
  test('[F7] a helper that reports parts it never sent is found out, stopped for good, and the upload completes without it', async () => {
    const { world, upload, owner, helper, bytes, partBytes, secrets } = scene();
    const key = newSecret();
    const liar = await world.device('liar', key);
    await liar.expect('board', { type: 'join', secret: secrets.help });
    await proveTo(liar, upload, bytes, partBytes);
    const honest = await helper();
    await sync(liar, upload, { want: [1], leaseMs: 600_000 });
    const second = await sync(honest, upload, { want: [2] });
    expect((await put(world.origin, second, 2, partOf(bytes, partBytes, 2))).status).toBe(200);
    await sync(honest, upload, { done: [2] });
    await sync(liar, upload, { done: [1] });
    await owner.hear('state', ({ state }) => state.state === 'open');
    await liar.closed;

    const back = await world.device('liar', key);
    await expectRefused(scene(), back, { type: 'join', secret: secrets.help }, 'device-stopped');
    const granted = await sync(owner, upload, { want: [1, 2] });
    expect(granted.put?.tickets.map(({ part }) => part)).toEqual([1]);
    expect((await put(world.origin, granted, 1, partOf(bytes, partBytes, 1))).status).toBe(200);
    await sync(owner, upload, { done: [1] });
    await owner.hear('state', ({ state }) => state.state === 'finished');
    await honest.expect('pong', { type: 'ping' });
    const { url } = await owner.expect('link', { type: 'download', upload });
    const whole = await fetch(new URL(url, world.origin));
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
  });

  test('[F7] a link that lets in one liar after the other is taken back', async () => {
    const { world, upload, owner, helper, secrets } = scene();
    for (let i = 0; i < LIMITS.liesPerLink; i++) {
      const liar = await helper(secrets.help, `liar ${i}`);
      await sync(liar, upload, { done: [1, 2] });
      await owner.hear('state', ({ state }) => state.state === 'open');
      await liar.closed;
    }
    const next = await world.device();
    await expectRefused(scene(), next, { type: 'join', secret: secrets.help }, 'not-admitted');
    await owner.expect('pong', { type: 'ping' });
  });

  test('a helper that claims everything and holds it holds up nobody for long', async () => {
    const { world, upload, owner, helper, partBytes } = scene();
    const greedy = await helper(undefined, 'greedy');
    expect((await sync(greedy, upload, { want: [1, 2], leaseMs: 600_000 })).put?.tickets).toHaveLength(2);
    const step = 300_000;
    const renew = { renew: [1, 2], want: [1, 2], leaseMs: 600_000, rateBps: 1e12 };
    for (let passedMs = 0; passedMs <= holdMsFor(partBytes); passedMs += step) {
      expect((await sync(owner, upload, { want: [1, 2] })).put).toBeUndefined();
      world.advance(step);
      await sync(greedy, upload, renew);
    }
    expect((await sync(greedy, upload, renew)).put).toBeUndefined();
    expect((await sync(owner, upload, { want: [1, 2] })).put?.tickets).toHaveLength(2);
  });

  test('a helper that comes by more and more connections is refused more of them', async () => {
    const { world, secrets } = scene();
    const key = newSecret();
    for (let i = 0; i < RATIONS.connectionsPerDevice; i++) {
      const device = await world.device('many', key);
      await device.expect('board', { type: 'join', secret: secrets.help });
    }
    const next = await world.device('many', key);
    const { error } = await next.expect('error', { type: 'join', secret: secrets.help });
    expect(error).toMatchObject({ kind: 'too-many', minBackoffMs: expect.any(Number) });
    const other = await world.device('other');
    await other.expect('board', { type: 'join', secret: secrets.help });
  });

  test('watchers and helpers who take every place of an upload take none of its owners', async () => {
    const { world, secrets, upload, owner } = scene();
    const watch = { type: 'join', secret: secrets.watch };
    for (let i = 0; i < RATIONS.connectionsPerUpload; i++) {
      await (await world.device(`crowd ${i}`)).expect('board', watch);
    }
    const late = await world.device('late');
    const crowded = { kind: 'too-many', minBackoffMs: expect.any(Number) };
    expect((await late.expect('error', watch)).error).toMatchObject(crowded);
    const own = { type: 'join', secret: secrets.own };
    const phone = await world.device('my phone');
    expect(await phone.expect('board', own)).toMatchObject({ role: 'owner' });
    // One after the other, too, until no new device may come.
    const { shares } = await owner.expect('shares', { type: 'list', upload });
    const share = shares.find(({ role }) => role === 'watcher')?.share;
    const { devices } = await phone.expect('board', own);
    await owner.expect('shares', { type: 'revoke', upload, share });
    for (let i = devices.length; i < RATIONS.devicesPerUpload; i++) {
      const guest = await world.device(`guest ${i}`);
      await guest.expect('board', { type: 'join', secret: secrets.help });
      await guest.expect('ok', { type: 'leave', upload });
    }
    const help = { type: 'join', secret: secrets.help };
    expect((await late.expect('error', help)).error).toMatchObject(crowded);
    const tablet = await world.device('my tablet');
    expect(await tablet.expect('board', own)).toMatchObject({ role: 'owner' });
  });

  test('a helper that shouts is told to wait, and nobody else is', async () => {
    const { owner, helper } = scene();
    const loud = await helper(undefined, 'loud');
    const pings = 2 * RATIONS.messagesAtOnce;
    const answers = await Promise.all(Array.from({ length: pings }, () => loud.ask({ type: 'ping' })));
    const refused = answers.filter((answer) => answer.type === 'error');
    expect(refused.length).toBeGreaterThan(0);
    for (const { error } of refused) {
      expect(error).toMatchObject({ kind: 'too-fast', minBackoffMs: expect.any(Number) });
    }
    await owner.expect('pong', { type: 'ping' });
  });
}
