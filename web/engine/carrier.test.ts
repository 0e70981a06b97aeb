import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countBits, stripeOf } from '../../protocol/board/bits.ts';
import { MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import type { ProtocolError } from '../../protocol/messages/error.ts';
import { waitMs } from './backoff.ts';
import type { CarrierState } from './carrier.ts';
import type { PutOutcome } from './ports.ts';
import { PUT_AGAIN } from './retry.ts';
import { deviceOn } from './testing/device.ts';
import { EPOCH_MS, makeRulesServer, SECRETS } from './testing/rules-server.ts';
import { makeVirtualClock } from './testing/virtual-clock.ts';
import { makeVirtualFile, sha256Of, type VirtualFileOptions } from './testing/virtual-file.ts';
import { makeUpload } from './upload.ts';

const NETWORK: PutOutcome = { state: 'failed', reason: 'network' };
const STALLED: PutOutcome = { state: 'failed', reason: 'stalled' };
const SLOW_DOWN: PutOutcome = { state: 'refused', status: 503, code: 'SlowDown' };
const FULL: PutOutcome = { state: 'refused', status: 507, code: 'XMinioStorageFull' };
const MINUTE_MS = 60_000;

/** A laptop that creates an upload of so many parts, and others that help. */
function begun(parts: number, options: Omit<VirtualFileOptions, 'sizeBytes'> = {}) {
  const clock = makeVirtualClock();
  const server = makeRulesServer(clock);
  const sizeBytes = parts * MIN_PART_BYTES;

  const device = (
    name: string,
    putMs = options.putMs ?? 1_000,
    requests: { atMost?: number; connections?: number } = {},
  ) => {
    const file = makeVirtualFile(clock, { sizeBytes, ...options, putMs });
    const info = { name: file.name, sizeBytes, type: '' };
    const engine = { ...deviceOn(clock, server, name), atMost: 4, ...requests };
    const isFirst = name === 'laptop';
    const upload = makeUpload(
      engine,
      isFirst ? { kind: 'create', file: info, secrets: SECRETS } : { kind: 'join', secret: SECRETS.help },
      file,
    );
    const states: CarrierState[] = [];
    upload.onChange(() => {
      const state = carrier();
      if (state && state.state !== states.at(-1)?.state) states.push(state);
    });
    const carrier = () => {
      const view = upload.view();
      return view.state === 'open' ? view.carrier : undefined;
    };
    const isFinished = () => upload.board()?.state.state === 'finished';
    return { file, upload, carrier, states, isFinished, engine };
  };

  /** Parts that somebody holds, by the board. */
  const leased = () => server.stripe(0).leases.filter(({ parts }) => parts !== 0n);
  return { clock, server, device, leased };
}

test('[C14] a slow line gives its first part back to those who would send it again, once it knows, and keeps it where it helps', async () => {
  const give = async (parts: number) => {
    const { clock, device, server } = begun(parts);
    const laptop = device('laptop', 2_000);
    const phone = device('phone', 12_000);
    await clock.passUntil(laptop.isFinished, 5 * MINUTE_MS);
    const released = server.syncs().flatMap(({ release }) => release);
    return { released, phone: phone.file, sent: laptop.file.puts.length };
  };
  const few = await give(12);
  expect(few.phone.puts).toHaveLength(1);
  expect(few.released).toEqual(few.phone.puts.map(({ part }) => part));
  expect(few.sent).toBe(12);
  const many = await give(200);
  expect(many.phone.abortedPuts).toBe(0);
  expect(many.sent + many.phone.puts.length).toBe(200);
});

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

describe('a device stops in words and keeps the upload', () => {
  /** It has stopped: nothing flies or is asked for any more, and what it held is free for others. */
  async function expectStandstill(
    { clock, server, leased }: Pick<ReturnType<typeof begun>, 'clock' | 'server' | 'leased'>,
    { file, upload }: ReturnType<ReturnType<typeof begun>['device']>,
  ) {
    await clock.pass(100);
    expect(leased()).toEqual([]);
    const before = [file.puts.length, file.hashed.length, server.syncs().length];
    await clock.pass(5 * MINUTE_MS);
    expect([file.puts.length, file.hashed.length, server.syncs().length]).toEqual(before);
    expect(upload.board()?.state.state).toBe('open');
  }

  test('when the store finds other bytes than the manifest names: the file was changed', async () => {
    const scene = begun(40);
    const laptop = scene.device('laptop');
    const doneParts = () => laptop.upload.board()?.replica.doneParts() ?? 0;
    await scene.clock.passUntil(() => doneParts() >= 8, MINUTE_MS);
    const before = doneParts();
    laptop.file.content = 'changed';
    await scene.clock.passUntil(() => laptop.carrier()?.state === 'stopped', MINUTE_MS);
    expect(laptop.carrier()).toMatchObject({
      reason: 'file-changed',
      part: expect.toSatisfy((part) => part > before),
      detail: 'The store compared it with its hash.',
    });
    await expectStandstill(scene, laptop);
    expect(laptop.upload.board()?.replica.doneParts()).toBeGreaterThanOrEqual(8);
  });

  test('when the store finds other bytes in a helper’s part: it is another file, and the owner’s goes on', async () => {
    const scene = begun(40);
    const laptop = scene.device('laptop');
    await scene.clock.passUntil(() => (laptop.upload.board()?.replica.doneParts() ?? 0) >= 4, MINUTE_MS);
    const phone = scene.device('phone');
    await scene.clock.passUntil(() => phone.carrier()?.state === 'carrying', MINUTE_MS);
    phone.file.content = 'another';
    await scene.clock.passUntil(() => phone.carrier()?.state === 'stopped', MINUTE_MS);
    expect(phone.carrier()).toMatchObject({ reason: 'different-file', part: expect.any(Number) });
    await scene.clock.passUntil(laptop.isFinished, 2 * MINUTE_MS);
  });

  test('when a part cannot be read for sending', async () => {
    const scene = begun(40);
    const laptop = scene.device('laptop');
    laptop.file.putFails = (part) =>
      part === 6 ? { state: 'unreadable', reason: 'The disk is gone.' } : undefined;
    await scene.clock.passUntil(() => laptop.carrier()?.state === 'stopped', MINUTE_MS);
    expect(laptop.carrier()).toEqual({
      state: 'stopped',
      reason: 'file-unreadable',
      detail: 'The disk is gone.',
      part: 6,
    });
    await expectStandstill(scene, laptop);
  });

  test('when a part cannot be read for hashing', async () => {
    const scene = begun(400, { hashMs: 200 });
    const laptop = scene.device('laptop');
    laptop.file.hashFails = (part) =>
      part === 30 ? { state: 'unreadable', reason: 'The disk is gone.' } : undefined;
    await scene.clock.passUntil(() => laptop.carrier()?.state === 'stopped', MINUTE_MS);
    expect(laptop.carrier()).toMatchObject({ reason: 'file-unreadable', detail: 'The disk is gone.' });
    expect(Math.max(...laptop.file.hashed)).toBeLessThanOrEqual(31);
    await expectStandstill(scene, laptop);
  });

  test('when a hash contradicts the one that was published first', async () => {
    const scene = begun(4);
    const laptop = scene.device('laptop');
    await scene.clock.passUntil(() => scene.server.heard.at(-1)?.message.type === 'create', 1_000);
    scene.server.decideFor(9, { hashes: [{ part: 2, sha256: sha256Of('other', 2) }] });
    await scene.clock.passUntil(() => laptop.carrier()?.state === 'stopped', MINUTE_MS);
    expect(laptop.carrier()).toMatchObject({
      reason: 'file-changed',
      part: 2,
      detail: 'Part 2 has other bytes than when this upload began.',
    });
    expect(laptop.file.puts).toEqual([]);
    await expectStandstill(scene, laptop);
  });

  test('when a ticket is for other bytes than were hashed here: they are not even sent', async () => {
    const scene = begun(4);
    let isBusy = true;
    scene.server.mishap = ({ type }) =>
      type === 'sync' && isBusy ? { kind: 'busy', message: 'not now', minBackoffMs: 100 } : undefined;
    const laptop = scene.device('laptop');
    await scene.clock.passUntil(() => scene.server.syncs().length > 0, 1_000);
    scene.server.decideFor(9, { hashes: [{ part: 1, sha256: sha256Of('other', 1) }] });
    isBusy = false;
    await scene.clock.passUntil(() => laptop.carrier()?.state === 'stopped', MINUTE_MS);
    expect(laptop.carrier()).toMatchObject({ reason: 'file-changed', part: 1 });
    expect(laptop.file.puts.map(({ part }) => part)).not.toContain(1);
  });

  test.for([
    // The owner's own file, by its name and size: it is another one than it was.
    ['different-file', 'file-changed'],
    ['not-allowed', 'not-allowed'],
    ['malformed', 'refused'],
  ] as const)('when the server says %s', async ([kind, reason]) => {
    const scene = begun(40);
    const laptop = scene.device('laptop');
    await scene.clock.passUntil(() => laptop.file.puts.length === 4, MINUTE_MS);
    const error: ProtocolError = { kind, message: 'So it is.', part: 3 };
    scene.server.mishap = ({ type }) => {
      if (type !== 'sync') return undefined;
      scene.server.mishap = () => undefined;
      return error;
    };
    await scene.clock.passUntil(() => laptop.carrier()?.state === 'stopped', MINUTE_MS);
    expect(laptop.carrier()).toEqual({ state: 'stopped', reason, detail: 'So it is.', part: 3 });
    await expectStandstill(scene, laptop);
  });

  test('and another device with the right file goes on at once', async () => {
    const { clock, device } = begun(12);
    const laptop = device('laptop');
    await clock.passUntil(() => laptop.upload.board()?.replica.doneParts() === 4, MINUTE_MS);
    laptop.file.content = 'changed';
    await clock.passUntil(() => laptop.carrier()?.state === 'stopped', MINUTE_MS);
    const phone = device('phone');
    const tookMs = await clock.passUntil(phone.isFinished, MINUTE_MS);
    // Two rounds of four puts and some messages: it did not wait for a lease to run out.
    expect(tookMs).toBeLessThan(4_000);
    expect(laptop.upload.view()).toMatchObject({
      phase: { state: 'finished' },
      carrier: { state: 'stopped' },
    });
  });
});

describe('a server that cannot answer just now', () => {
  test('is asked again, not sooner than it says', async () => {
    const { clock, server, device } = begun(4);
    const { isFinished } = device('laptop');
    let refusals = 0;
    server.mishap = ({ type }) =>
      type === 'sync' && ++refusals <= 3
        ? { kind: 'unavailable', message: 'not now', minBackoffMs: 2_000 }
        : undefined;
    await clock.passUntil(isFinished, MINUTE_MS);
    const times = server.syncs().map(({ atMs }) => atMs);
    for (const i of [1, 2, 3]) {
      expect((times[i] ?? 0) - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(2_000);
    }
  });

  test('because it has no room is said to be full for as long as it is', async () => {
    const { clock, server, device } = begun(8);
    const { upload, isFinished } = device('laptop');
    const state = () => {
      const view = upload.view();
      return view.state === 'open' ? view.carrier?.state : undefined;
    };
    await clock.passUntil(() => server.syncs().length === 2, MINUTE_MS);
    server.mishap = ({ type }) =>
      type === 'sync' ? { kind: 'store-full', message: 'full', minBackoffMs: 5_000 } : undefined;
    await clock.passUntil(() => state() === 'store-full', MINUTE_MS);
    await clock.pass(MINUTE_MS);
    expect(state()).toBe('store-full');
    server.mishap = () => undefined;
    await clock.passUntil(isFinished, 2 * MINUTE_MS);
  });

  test.for([
    ['not-proven', ['offer', 'prove']],
    ['not-joined', ['join', 'offer', 'prove']],
    ['hello-first', ['join', 'offer', 'prove']],
  ] as const)('and has forgotten the device (%s) hears what it lacks', async ([kind, lacking]) => {
    const { clock, server, device } = begun(8);
    const { isFinished } = device('laptop');
    await clock.passUntil(() => server.syncs().length === 2, MINUTE_MS);
    server.mishap = ({ type }) => {
      if (type !== 'sync') return undefined;
      server.mishap = () => undefined;
      return { kind, message: 'Who are you?' };
    };
    const before = server.heard.length;
    await clock.passUntil(isFinished, MINUTE_MS);
    const types = server.heard.slice(before).map(({ message }) => message.type);
    expect(types.filter((type) => type !== 'sync')).toEqual(lacking);
  });
});

describe('a sync of which no answer came', () => {
  test('is said again on the next line: nothing is lost and no part is put twice', async () => {
    const { clock, server, device } = begun(12);
    const { file, isFinished, engine } = device('laptop');
    await clock.passUntil(() => file.puts.length === 8, MINUTE_MS);
    let isDeaf = true;
    server.mishap = ({ type }) => (type === 'sync' && isDeaf ? 'unheard' : undefined);
    await clock.passUntil(() => engine.connection.status().state === 'connecting', MINUTE_MS);
    isDeaf = false;
    await clock.passUntil(isFinished, MINUTE_MS);
    expect(file.puts.map(({ part }) => part).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, i) => i + 1),
    );
  });

  test('[R4] has its stripes named again, for the others to hear of them, until that is answered', async () => {
    const { clock, server, device } = begun(70);
    const { file, isFinished, engine } = device('laptop');
    await clock.passUntil(() => file.puts.length === 8, MINUTE_MS);
    const before = server.syncs().length;
    server.mishap = ({ type }) => (type === 'sync' ? 'unanswered' : undefined);
    await clock.passUntil(() => engine.connection.status().state === 'connecting', MINUTE_MS);
    server.mishap = () => undefined;
    const [unanswered] = server.syncs().slice(before);
    expect(unanswered?.again).toBeUndefined();
    await clock.passUntil(() => server.syncs().length > before + 1, MINUTE_MS);
    const [, again] = server.syncs().slice(before);
    expect(again?.again).toBe(true);
    expect(again?.renew.map(stripeOf)).toEqual([0]);
    await clock.passUntil(isFinished, 10 * MINUTE_MS);
    expect(
      server
        .syncs()
        .slice(before + 2)
        .filter((sync) => sync.again),
    ).toEqual([]);
  });

  test('but that was carried out has its tickets asked for again', async () => {
    const { clock, server, device } = begun(12);
    const { file, isFinished } = device('laptop');
    await clock.passUntil(() => server.syncs().length === 2, MINUTE_MS);
    server.cut();
    const startMs = clock.nowMs();
    await clock.passUntil(isFinished, MINUTE_MS);
    expect(file.puts).toHaveLength(12);
    // It does not wait for its own leases to run out.
    expect(clock.nowMs() - startMs).toBeLessThan(10_000);
  });
});

describe('leases', () => {
  test('are renewed before they run out, however long a part takes', async () => {
    const { clock, server, device, leased } = begun(8, { putMs: 5 * MINUTE_MS });
    device('laptop');
    await clock.passUntil(() => leased().length > 0, 1_000);
    for (let i = 0; i < 55; i++) {
      await clock.pass(10_000);
      const [lease] = leased();
      const leftMs = (lease?.untilMs ?? 0) - EPOCH_MS - clock.nowMs();
      expect(leftMs).toBeGreaterThan(0);
    }
    // A renewal now and then, not a poll: 9 min of leases of a minute and then of 10 min.
    expect(server.syncs().length).toBeLessThan(40);
  });

  test('of a device that vanished are waited for, and its parts then carried', async () => {
    const { clock, server, device } = begun(8);
    const laptop = device('laptop');
    await clock.passUntil(() => server.manifest.size === 8, 1_000);
    server.decideFor(7, { want: [8], leaseMs: 30_000 });
    await clock.passUntil(() => countBits(server.stripe(0).done) === 7, MINUTE_MS);
    // Two have it: nobody else may carry it a third time.
    server.decideFor(9, { hedge: [8], leaseMs: 30_000 });
    const tookMs = await clock.passUntil(laptop.isFinished, 2 * MINUTE_MS);
    // Not before the first of both leases has run out, and then at once.
    expect(clock.nowMs() - tookMs).toBeLessThan(5_000);
    expect(clock.nowMs()).toBeGreaterThan(30_000);
    expect(clock.nowMs()).toBeLessThan(33_000);
    expect(laptop.states.map(({ state }) => state)).toContain('nothing-free');
  });

  test('an address that ran out while its ticket waited is replaced before it is used', async () => {
    const { clock, device } = begun(12);
    const { file, isFinished } = device('laptop');
    await clock.passUntil(() => file.puts.length === 6, MINUTE_MS);
    file.putMs = 16 * MINUTE_MS;
    await clock.passUntil(isFinished, 300 * MINUTE_MS);
    expect(file.puts).toHaveLength(12);
    for (const { atMs, request } of file.puts) {
      const signedMs = Number(new URL(request.url).searchParams.get('signature')?.slice(2));
      expect(atMs - signedMs).toBeLessThan(15 * MINUTE_MS);
    }
  });
});

test('a device that is put aside gives back every ticket that it holds, however many stripes they are in', async () => {
  const { clock, server, device } = begun(60 * 64, { putMs: 20 });
  const { upload, file } = device('laptop', 20, { atMost: 12 });
  await clock.passUntil(() => server.manifest.size > 0, 1_000);
  // Others have done all but the last ticket of each stripe; the first stripe is still whole.
  for (let s = 1; s < 60; s++) {
    const parts = Array.from({ length: 64 }, (_, i) => 64 * s + 1 + i);
    const hashes = parts.map((part) => ({ part, sha256: sha256Of('original', part) }));
    server.decideFor(9, { hashes, done: parts.slice(0, -1) });
  }
  file.putMs = 1_000;
  const holdings = () => Array.from({ length: 60 }, (_, s) => server.stripe(s).leases).flat().length;
  await clock.passUntil(() => holdings() > 8, MINUTE_MS);
  file.putMs = MINUTE_MS;
  const before = server.syncs().length;
  upload.detach();
  await clock.pass(100);
  expect(holdings()).toBe(0);
  expect(server.syncs().length - before).toBeGreaterThan(1);
});

test('tickets that are granted to a device just as it stops are given back too', async () => {
  const { clock, server, device, leased } = begun(12);
  const { upload, file } = device('laptop');
  await clock.passUntil(() => server.syncs().some(({ want }) => want.length > 0), 1_000);
  // Granted by now, and on the way.
  expect(leased()).toHaveLength(1);
  upload.detach();
  await clock.pass(100);
  expect(leased()).toEqual([]);
  expect(file.puts).toEqual([]);
  // The device sees it too: what it gave back is free on its own board.
  expect(upload.board()?.replica.stripe(0).leases).toEqual([]);
});

test('the last part of all is reported as soon as it is stored, without waiting for others to gather', async () => {
  const { clock, device } = begun(1, { putMs: 20 });
  const { isFinished, file } = device('laptop');
  await clock.passUntil(() => file.puts.length > 0, MINUTE_MS);
  const storedMs = clock.nowMs() + 20;
  await clock.passUntil(isFinished, MINUTE_MS);
  expect(clock.nowMs() - storedMs).toBeLessThan(100);
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

test('near the end an idle device carries what a slow one holds, and the slow one stops sending it', async () => {
  const { clock, device } = begun(60);
  const laptop = device('laptop', 1_000);
  const phone = device('phone', 2_000);
  await clock.passUntil(() => (laptop.upload.board()?.replica.doneParts() ?? 0) >= 40, MINUTE_MS);
  // From now on the phone would need five minutes for a part.
  phone.file.putMs = 5 * MINUTE_MS;
  const tookMs = await clock.passUntil(laptop.isFinished, MINUTE_MS);
  expect(tookMs).toBeLessThan(20_000);
  await clock.pass(100);
  expect(phone.file.abortedPuts).toBeGreaterThan(0);
  expect(phone.carrier()).toEqual({ state: 'over' });
});

test('an upload that its owner ends ends the work of all', async () => {
  const { clock, server, device } = begun(100);
  const laptop = device('laptop');
  await clock.pass(200);
  const phone = device('phone');
  await clock.passUntil(() => phone.file.puts.length > 0 && laptop.file.mostPutAtOnce === 4, MINUTE_MS);
  await Promise.all([laptop.upload.abort(), clock.pass(100)]);
  expect([laptop.carrier(), phone.carrier()]).toEqual([{ state: 'over' }, { state: 'over' }]);
  expect(laptop.file.abortedPuts).toBe(4);
  const said = server.syncs().length;
  await clock.pass(5 * MINUTE_MS);
  expect(server.syncs()).toHaveLength(said);
});

/** What may happen to a message, and to a put. */
const anyMishap = fc.oneof(
  { arbitrary: fc.constant('none' as const), weight: 4 },
  fc.constantFrom('unavailable' as const, 'unheard' as const, 'unanswered' as const, 'cut' as const),
);
const anyFate = fc.oneof({ arbitrary: fc.constant(undefined), weight: 4 }, fc.constant(NETWORK));

test('whatever happens on the way, the upload is finished in the end and no lease is left behind', async () => {
  const anyTrouble = fc.record({
    mishaps: fc.array(anyMishap, { maxLength: 40, size: 'max' }),
    fates: fc.array(anyFate, { maxLength: 60, size: 'max' }),
  });
  await fc.assert(
    fc.asyncProperty(anyTrouble, async ({ mishaps, fates }) => {
      const { clock, server, device, leased } = begun(70, { putMs: 2_000 });
      const devices = [device('laptop')];
      await clock.passUntil(() => server.manifest.size > 0, 1_000);
      devices.push(device('phone', 7_000));
      server.mishap = () => {
        const mishap = mishaps.shift() ?? 'none';
        if (mishap === 'none') return undefined;
        if (mishap === 'unavailable') return { kind: 'unavailable', message: 'not now', minBackoffMs: 500 };
        if (mishap !== 'cut') return mishap;
        clock.after(5, server.cut);
        return undefined;
      };
      for (const { file } of devices) file.putFails = () => fates.shift();
      await clock.passUntil(() => devices.every(({ isFinished }) => isFinished()), 30 * MINUTE_MS);
      await clock.pass(100);
      expect(leased()).toEqual([]);
      for (const { carrier, upload } of devices) {
        expect(carrier()).toEqual({ state: 'over' });
        expect(upload.view()).toMatchObject({ doneParts: 70, progress: { share: 1, etaMs: 0 } });
      }
    }),
    { numRuns: 20 },
  );
}, 30_000);
