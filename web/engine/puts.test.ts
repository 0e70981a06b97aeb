import { describe, expect, test } from 'vitest';
import { waitMs } from './backoff.ts';
import type { PutOutcome } from './ports.ts';
import { PUT_AGAIN } from './retry.ts';
import { begun, MINUTE_MS } from './testing/scene.ts';

type Device = ReturnType<ReturnType<typeof begun>['device']>;

const NETWORK: PutOutcome = { state: 'failed', reason: 'network' };
const STALLED: PutOutcome = { state: 'failed', reason: 'stalled' };
const SLOW_DOWN: PutOutcome = { state: 'refused', status: 503, code: 'SlowDown' };
const FULL: PutOutcome = { state: 'refused', status: 507, code: 'XMinioStorageFull' };

/** What this device says of itself while the board shows that parts are left. */
function saidWithPartsLeft({ upload, carrier }: Pick<Device, 'upload' | 'carrier'>): Set<string> {
  const said = new Set<string>();
  upload.onChange(() => {
    const view = upload.view();
    const state = carrier()?.state;
    if (state && view.state === 'open' && view.doneParts < view.partCount) said.add(state);
  });
  return said;
}

describe('a put that fails', () => {
  test('is made again after its wait, which grows, with a new ticket each time', async () => {
    const { clock, device } = begun(6);
    const { file, isFinished } = device('laptop');
    file.putFails = (part, attempt) => (part === 2 && attempt <= 4 ? NETWORK : undefined);
    await clock.passUntil(isFinished, MINUTE_MS);
    const attempts = file.puts.filter(({ part }) => part === 2);
    expect(attempts).toHaveLength(5);
    expect(new Set(attempts.map(({ request }) => request.url)).size).toBe(5);
    for (const [i, { atMs }] of attempts.slice(1).entries()) {
      const restedMs = atMs - (attempts[i]?.atMs ?? 0) - 1_000;
      expect(restedMs).toBeGreaterThanOrEqual(waitMs(PUT_AGAIN, i + 1, 0.5));
      // No later than the rest and a sync take.
      expect(restedMs).toBeLessThan(waitMs(PUT_AGAIN, i + 1, 0.5) + 400);
    }
    for (const part of [1, 3, 4, 5, 6]) {
      expect(file.puts.filter((one) => one.part === part)).toHaveLength(1);
    }
  });

  test('on a line that stalls leaves its part to others while it waits', async () => {
    const { clock, device, server } = begun(2);
    const { file, isFinished } = device('laptop');
    file.putFails = (part, attempt) => (part === 2 && attempt <= 3 ? STALLED : undefined);
    await clock.passUntil(isFinished, MINUTE_MS);
    const released = server.syncs().flatMap(({ release }) => release);
    expect(new Set(released)).toEqual(new Set([2]));
    expect(file.puts.filter(({ part }) => part === 2)).toHaveLength(4);
  });

  test('by a store that asks for less makes half as many fly, and more again as they get through', async () => {
    const { clock, device } = begun(60);
    const { file, isFinished } = device('laptop');
    // By then four fly.
    file.putFails = () => (clock.nowMs() > 2_000 && clock.nowMs() < 3_500 ? SLOW_DOWN : undefined);
    await clock.passUntil(isFinished, 3 * MINUTE_MS);
    /** How many of those begun in this time were under way at once, a second each. */
    const mostFlying = (fromMs: number, toMs: number) => {
      const begun = file.puts.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
      const beside = ({ atMs }: { atMs: number }) =>
        begun.filter((put) => put.atMs <= atMs && put.atMs > atMs - 1_000).length;
      return Math.max(...begun.map(beside));
    };
    expect(mostFlying(0, 2_000)).toBe(4);
    expect(mostFlying(2_000, 4_000)).toBeLessThanOrEqual(2);
    expect(mostFlying(6_000, Number.POSITIVE_INFINITY)).toBe(4);
  });

  test('by a store without room is told as that, tried again seldom, and all parts go on with the first that is stored', async () => {
    const { clock, device, server } = begun(30);
    const { file, isFinished, carrier, states } = device('laptop');
    let isFull = true;
    file.putFails = () => (isFull ? FULL : undefined);
    await clock.pass(3 * MINUTE_MS);
    expect(carrier()?.state).toBe('store-full');
    // Each of them has sent a whole part for nothing: the longest wait is a minute, half of it as drawn here.
    expect(file.puts.filter(({ atMs }) => atMs > 2 * MINUTE_MS).length).toBeLessThanOrEqual(8);
    expect(server.stripe(0).leases.filter(({ parts }) => parts !== 0n)).toEqual([]);
    isFull = false;
    await clock.passUntil(() => (server.stripe(0).done & 0xffff_ffffn) !== 0n, MINUTE_MS);
    expect(await clock.passUntil(isFinished, MINUTE_MS)).toBeLessThan(20_000);
    const names = states.map(({ state }) => state);
    expect(names.slice(names.indexOf('store-full') + 1)).not.toContain('retrying');
  });

  test('shows once it failed twice in a row, until it is through', async () => {
    const { clock, device } = begun(2);
    const { file, isFinished, states } = device('laptop');
    file.putFails = (part, attempt) => (part === 2 && attempt <= 3 ? NETWORK : undefined);
    await clock.passUntil(isFinished, MINUTE_MS);
    const names = states.map(({ state }) => state);
    expect(file.puts.filter(({ part }) => part === 2)).toHaveLength(4);
    expect(names.filter((name) => name === 'retrying')).toHaveLength(1);
    expect(names.slice(names.indexOf('retrying') + 1)).not.toContain('retrying');
    expect(names.at(-1)).toBe('over');
  });

  test('rests in no other hands than this device’s: it has something to carry, with nothing on its way', async () => {
    const { clock, device } = begun(2);
    const laptop = device('laptop');
    const { file, isFinished } = laptop;
    const said = saidWithPartsLeft(laptop);
    file.putFails = (part, attempt) => (part === 2 && attempt === 1 ? SLOW_DOWN : undefined);
    await clock.passUntil(isFinished, MINUTE_MS);
    expect(file.puts).toHaveLength(3);
    expect([...said]).toEqual(['proving', 'carrying']);
  });

  test('is forgotten when another device has carried the part', async () => {
    const { clock, server, device } = begun(40);
    const { file, carrier } = device('laptop');
    file.putFails = (part) => (part === 2 ? NETWORK : undefined);
    await clock.passUntil(() => carrier()?.state === 'retrying', MINUTE_MS);
    server.decideFor(7, { done: [2] });
    await clock.pass(3_000);
    expect(carrier()?.state).toBe('carrying');
  });

  test('is tried again when the store has troubles of its own', async () => {
    const { clock, device } = begun(3);
    const { file, isFinished } = device('laptop');
    file.putFails = (_, attempt) =>
      attempt === 1 ? { state: 'refused', status: 503, code: 'SlowDown' } : undefined;
    await clock.passUntil(isFinished, MINUTE_MS);
    expect(file.puts).toHaveLength(6);
  });
});

test('a line that is cut puts nothing into other hands: neither meanwhile nor when it is back', async () => {
  const { clock, server, device } = begun(40);
  const laptop = device('laptop');
  const { file, isFinished } = laptop;
  const said = saidWithPartsLeft(laptop);
  let isCut = false;
  file.putFails = () => (isCut ? NETWORK : undefined);
  server.mishap = () => (isCut ? 'unheard' : undefined);
  for (const putsBefore of [8, 16, 24]) {
    await clock.passUntil(() => file.puts.length >= putsBefore, MINUTE_MS);
    isCut = true;
    server.cut();
    await clock.pass(1_500);
    isCut = false;
  }
  await clock.passUntil(isFinished, MINUTE_MS);
  expect([...said]).toEqual(['proving', 'carrying']);
});

test('no more puts are in the air than there are places, and no place is idle while there is work', async () => {
  const { clock, device } = begun(100, { putMs: 500 });
  const { file, isFinished } = device('laptop');
  const tookMs = await clock.passUntil(isFinished, MINUTE_MS);
  expect(file.mostPutAtOnce).toBe(4);
  // 25 rounds of half a second, after one in which the first part showed how fast the line is.
  expect(tookMs).toBeLessThan(12_500 * 1.05 + 1_000);
});

test('a device that may have more in the air takes them while that brings more', async () => {
  const { clock, device } = begun(600, { putMs: 500 });
  const { file, isFinished } = device('laptop', 500, { atMost: 6 });
  const tookMs = await clock.passUntil(isFinished, 2 * MINUTE_MS);
  expect(file.mostPutAtOnce).toBe(6);
  // Four at once would take 150 rounds.
  expect(tookMs).toBeLessThan(135 * 500);
});

test('a part whose bytes have left makes room for the next, as far as there are connections', async () => {
  const mostAtOnce = async (connections?: number) => {
    const { clock, device } = begun(60, { putMs: 2_000, answerMs: 1_500 });
    const { file, isFinished } = device('laptop', 2_000, connections ? { connections } : {});
    await clock.passUntil(isFinished, 3 * MINUTE_MS);
    return file.mostPutAtOnce;
  };
  expect(await mostAtOnce()).toBeGreaterThan(5);
  expect(await mostAtOnce(5)).toBe(5);
});
