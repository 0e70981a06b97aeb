import { describe, expect, test } from 'vitest';
import { bitOf } from '../../protocol/board/bits.ts';
import { MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import { type LineLimits, makeBudget, makeBudgetStore, NO_LIMITS } from './budget.ts';
import { deviceOn } from './testing/device.ts';
import { makeRulesServer, SECRETS } from './testing/rules-server.ts';
import { makeVirtualClock } from './testing/virtual-clock.ts';
import { makeVirtualFile } from './testing/virtual-file.ts';
import { makeUpload } from './upload.ts';

const MINUTE_MS = 60_000;
const PUT_MS = 4_000;

/** Devices on one upload of so many parts; the laptop owns it. */
function begun(parts: number) {
  const clock = makeVirtualClock();
  const server = makeRulesServer(clock);
  const sizeBytes = parts * MIN_PART_BYTES;
  const device = (name: string, limits: Partial<LineLimits> = {}) => {
    const file = makeVirtualFile(clock, { sizeBytes, putMs: PUT_MS });
    const info = { name: file.name, sizeBytes, type: '' };
    const budget = makeBudget(clock, makeBudgetStore({ ...NO_LIMITS, ...limits }));
    const engine = { ...deviceOn(clock, server, name), budget };
    const isOwner = name === 'laptop';
    const upload = makeUpload(
      engine,
      isOwner ? { kind: 'create', file: info, secrets: SECRETS } : { kind: 'join', secret: SECRETS.help },
      file,
    );
    const carrier = () => {
      const view = upload.view();
      return view.state === 'open' ? view.carrier : undefined;
    };
    const done = () => {
      const view = upload.view();
      return view.state === 'open' ? view.doneParts : 0;
    };
    return {
      upload,
      file,
      budget,
      carrier,
      done,
      isFinished: () => upload.board()?.state.state === 'finished',
    };
  };
  /** Tickets that somebody holds, by the board. */
  const held = () => server.stripe(0).leases.reduce((bits, { parts }) => bits | parts, 0n);
  return { clock, server, device, held };
}

describe('a pause of this device', () => {
  test('stops what is on its way and gives every ticket back; nothing is asked for until it goes on', async () => {
    const { clock, server, device, held } = begun(20);
    const { upload, file, carrier, done, isFinished } = device('laptop');
    await clock.passUntil(() => done() >= 4, MINUTE_MS);
    await clock.pass(PUT_MS / 2);
    upload.pause(true);
    expect(carrier()).toEqual({ state: 'paused', by: 'person' });
    await clock.pass(1_000);
    expect(held()).toBe(0n);
    expect(file.abortedPuts).toBeGreaterThan(0);
    const [doneBefore, putsBefore, hashedBefore] = [done(), file.puts.length, file.hashed.length];
    const wantsBefore = server.syncs().filter(({ want }) => want.length > 0).length;
    await clock.pass(10 * MINUTE_MS);
    expect(server.syncs().filter(({ want }) => want.length > 0)).toHaveLength(wantsBefore);
    expect([done(), file.puts.length, file.hashed.length]).toEqual([doneBefore, putsBefore, hashedBefore]);
    upload.pause(false);
    await clock.passUntil(isFinished, 5 * MINUTE_MS);
  });

  test('leaves its parts to the others, who finish', async () => {
    const { clock, device } = begun(20);
    const laptop = device('laptop');
    await clock.passUntil(() => laptop.upload.board()?.replica.knownParts() === 20, MINUTE_MS);
    const phone = device('phone');
    await clock.passUntil(() => phone.done() >= 6, MINUTE_MS);
    laptop.upload.pause(true);
    await clock.pass(1_000);
    const seen = phone.upload.view();
    // It holds nothing any more, so what it last said of its speed is over.
    expect(seen.state === 'open' && seen.devices[0]).toMatchObject({ number: 1, rateBps: 0 });
    await clock.passUntil(phone.isFinished, 5 * MINUTE_MS);
    expect(laptop.carrier()).toEqual({ state: 'over' });
  });

  test('before it has a file holds as well, and one off line is kept when the line is back', async () => {
    const { clock, server, device, held } = begun(20);
    const laptop = device('laptop');
    await clock.passUntil(() => laptop.done() >= 1, MINUTE_MS);
    server.cut();
    laptop.upload.pause(true);
    await clock.pass(MINUTE_MS);
    expect(held()).toBe(0n);
    expect(laptop.carrier()).toEqual({ state: 'paused', by: 'person' });
    laptop.upload.detach();
    laptop.upload.attach(laptop.file);
    await clock.pass(MINUTE_MS);
    expect(laptop.carrier()).toEqual({ state: 'paused', by: 'person' });
    expect(held()).toBe(0n);
  });
});

describe('a pause for all', () => {
  test('stops every device, says so to each, and all go on together', async () => {
    const { clock, device, held } = begun(40);
    const laptop = device('laptop');
    await clock.passUntil(() => laptop.done() >= 4, MINUTE_MS);
    const phone = device('phone');
    await clock.passUntil(() => phone.file.puts.length > 2, MINUTE_MS);
    expect(await answered(clock, laptop.upload.pauseAll(true))).toBeUndefined();
    await clock.pass(2_000);
    for (const { carrier } of [laptop, phone]) expect(carrier()).toEqual({ state: 'paused', by: 'owner' });
    expect(held()).toBe(0n);
    for (const { upload } of [laptop, phone]) {
      const view = upload.view();
      // What was heard of the other just before is no speed of now.
      expect(view.state === 'open' && view.devices.map(({ rateBps }) => rateBps)).toEqual([0, 0]);
      expect(view).toMatchObject({ progress: { rateBps: 0, etaMs: undefined } });
    }
    const doneBefore = laptop.done();
    await clock.pass(10 * MINUTE_MS);
    expect(laptop.done()).toBe(doneBefore);
    await answered(clock, laptop.upload.pauseAll(false));
    await clock.passUntil(() => laptop.isFinished() && phone.isFinished(), 5 * MINUTE_MS);
  });

  test('that the server did not answer is not said to be done', async () => {
    const { clock, server, device } = begun(40);
    const laptop = device('laptop');
    await clock.passUntil(() => laptop.done() >= 4, MINUTE_MS);
    server.mishap = ({ type }) => (type === 'pause' ? 'unheard' : undefined);
    const reply = laptop.upload.pauseAll(true);
    await clock.pass(MINUTE_MS);
    expect(await reply).toBe('unanswered');
    server.mishap = () => undefined;
    await clock.passUntil(laptop.isFinished, 5 * MINUTE_MS);
  });

  test('holds a device that comes while it lasts', async () => {
    const { clock, device } = begun(40);
    const laptop = device('laptop');
    await clock.passUntil(() => laptop.done() >= 4, MINUTE_MS);
    await answered(clock, laptop.upload.pauseAll(true));
    const phone = device('phone');
    await clock.pass(MINUTE_MS);
    expect(phone.carrier()).toEqual({ state: 'paused', by: 'owner' });
    expect(phone.file.puts).toEqual([]);
    await answered(clock, laptop.upload.pauseAll(false));
    await clock.passUntil(phone.isFinished, 5 * MINUTE_MS);
    expect(phone.file.puts.length).toBeGreaterThan(0);
  });
});

describe('a device with limits', () => {
  test('carries to its allowance and no further, holds nothing then, and goes on when it gets more', async () => {
    const { clock, device, held } = begun(20);
    const allowanceBytes = 7.5 * MIN_PART_BYTES;
    const { upload, file, budget, carrier, isFinished } = device('laptop', { allowanceBytes });
    await clock.passUntil(() => carrier()?.state === 'used-up', 5 * MINUTE_MS);
    await clock.pass(MINUTE_MS);
    expect(file.puts).toHaveLength(7);
    expect(budget.spentBytes()).toBe(7 * MIN_PART_BYTES);
    expect(held()).toBe(0n);
    budget.setLimits(NO_LIMITS);
    await clock.passUntil(isFinished, 5 * MINUTE_MS);
    expect(upload.board()?.replica.doneByDevice().get(1)).toBe(20);
  });

  test('that is allowed less than what is on its way calls back what left last, and gives those tickets back at once', async () => {
    const { clock, device, held } = begun(200);
    const { file, budget, carrier, done } = device('laptop');
    await clock.passUntil(() => done() >= 8, MINUTE_MS);
    await clock.pass(PUT_MS / 8);
    const doneBefore = done();
    const begunBefore = file.puts.length;
    expect(begunBefore - doneBefore).toBe(4);
    // A quarter and two halves of three parts are left to send, and all of the fourth.
    const allowanceBytes = 0.9 * MIN_PART_BYTES;
    budget.setLimits({ ...NO_LIMITS, allowanceBytes });
    await clock.pass(500);
    expect(file.abortedPuts).toBe(2);
    expect(carrier()?.state).toBe('carrying');
    for (const { part } of file.puts.slice(-2)) expect(held() & bitOf(part)).toBe(0n);
    expect(held()).not.toBe(0n);
    await clock.passUntil(() => carrier()?.state === 'used-up', MINUTE_MS);
    await clock.pass(MINUTE_MS);
    expect([done(), file.puts.length]).toEqual([doneBefore + 2, begunBefore]);
    expect(budget.spentBytes()).toBeLessThanOrEqual(allowanceBytes);
    expect(held()).toBe(0n);
  });

  test('an allowance of exactly the file is enough for it', async () => {
    const { clock, device } = begun(6);
    const { isFinished } = device('laptop', { allowanceBytes: 6 * MIN_PART_BYTES });
    await clock.passUntil(isFinished, 5 * MINUTE_MS);
  });

  test('sends no faster than its speed, holding no more than it can carry', async () => {
    const { clock, server, device } = begun(12);
    // A part is sent in 4 s, and may take 10.
    const { isFinished, file } = device('laptop', { rateBps: MIN_PART_BYTES / 10 });
    const tookMs = await clock.passUntil(isFinished, 5 * MINUTE_MS);
    expect(tookMs).toBeGreaterThan(110_000);
    expect(tookMs).toBeLessThan(120_000);
    expect(file.mostPutAtOnce).toBe(1);
    const mostHeld = Math.max(...server.syncs().map(({ want }) => want.length));
    expect(mostHeld).toBeLessThanOrEqual(2);
  });

  test('says that it keeps to its speed, and shows that speed and the time left by it, while it sends and in between', async () => {
    const { clock, device } = begun(40);
    const rateBps = MIN_PART_BYTES / 20;
    const laptop = device('laptop', { rateBps });
    const phone = device('phone', { rateBps });
    await clock.passUntil(() => laptop.carrier()?.state === 'limited', 20_000);
    await clock.passUntil(() => phone.carrier()?.state === 'limited', 60_000);
    // Until the time left has followed what the second one brings.
    for (let s = 0; s < 60; s++) {
      await clock.pass(1_000);
      laptop.upload.view();
    }
    const leftMs: number[] = [];
    while (laptop.done() < 24) {
      await clock.pass(250);
      const view = laptop.upload.view();
      if (view.state !== 'open') throw new Error('expected it to be open');
      expect(view.carrier).toEqual({ state: 'limited', rateBps });
      for (const shown of view.devices) expect(shown.rateBps / rateBps).toBeCloseTo(1, 1);
      const { sizeBytes, shownBytes, etaMs = 0 } = view.progress;
      expect(etaMs / (((sizeBytes - shownBytes) * 1_000) / (2 * rateBps))).toBeCloseTo(1, 1);
      leftMs.push(etaMs);
    }
    // It only ever falls, by a part of either at once at most.
    for (const [i, ms] of leftMs.slice(1).entries()) {
      expect((leftMs[i] ?? 0) - ms).toBeGreaterThan(-2_000);
      expect((leftMs[i] ?? 0) - ms).toBeLessThan(22_000);
    }
  });

  test('shows that speed again once parts get through, while one that failed still rests', async () => {
    const { clock, device } = begun(10);
    const rateBps = MIN_PART_BYTES / 10;
    const { upload, file, carrier, done } = device('laptop', { rateBps });
    await clock.passUntil(() => done() >= 2, MINUTE_MS);
    file.putFails = () => ({ state: 'failed', reason: 'network' });
    await clock.passUntil(() => carrier()?.state === 'retrying', 2 * MINUTE_MS);
    await clock.pass(MINUTE_MS);
    const shown = () => {
      const view = upload.view();
      return view.state === 'open' ? view.progress : undefined;
    };
    expect(shown()).toMatchObject({ rateBps: 0, etaMs: undefined });
    file.putFails = () => undefined;
    const before = done();
    await clock.passUntil(() => done() > before, MINUTE_MS);
    // Between two parts.
    await clock.pass(2_000);
    expect(carrier()?.state).toBe('retrying');
    expect(shown()?.rateBps).toBeCloseTo(rateBps, -2);
    expect(shown()?.etaMs).toBeGreaterThan(10_000);
  });
});

async function answered<Value>(
  clock: { pass(ms: number): Promise<void> },
  reply: Promise<Value>,
): Promise<Value> {
  await clock.pass(100);
  return reply;
}
