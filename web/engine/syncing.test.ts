import { describe, expect, test } from 'vitest';
import { countBits, stripeOf } from '../../protocol/board/bits.ts';
import { EPOCH_MS } from './testing/rules-server.ts';
import { begun, MINUTE_MS } from './testing/scene.ts';

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

test('the last part of all is reported as soon as it is stored, without waiting for others to gather', async () => {
  const { clock, device } = begun(1, { putMs: 20 });
  const { isFinished, file } = device('laptop');
  await clock.passUntil(() => file.puts.length > 0, MINUTE_MS);
  const storedMs = clock.nowMs() + 20;
  await clock.passUntil(isFinished, MINUTE_MS);
  expect(clock.nowMs() - storedMs).toBeLessThan(100);
});
