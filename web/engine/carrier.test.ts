import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProtocolError } from '../../protocol/messages/error.ts';
import type { PutOutcome } from './ports.ts';
import { begun, MINUTE_MS } from './testing/scene.ts';
import { sha256Of } from './testing/virtual-file.ts';

const NETWORK: PutOutcome = { state: 'failed', reason: 'network' };

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
