import { expect, test } from 'vitest';
import { geometryOf, MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import { LINK_TRIES } from './backoff.ts';
import type { PutOutcome } from './ports.ts';
import { deviceOn } from './testing/device.ts';
import { makeRulesServer, SECRETS, UPLOAD } from './testing/rules-server.ts';
import { makeVirtualClock } from './testing/virtual-clock.ts';
import { makeVirtualFile } from './testing/virtual-file.ts';
import { makeUpload, type Upload, type UploadView } from './upload.ts';

const MINUTE_MS = 60_000;
/** Ten parts, the last one of one byte. */
const SIZE_BYTES = 9 * MIN_PART_BYTES + 1;
const GEOMETRY = geometryOf(SIZE_BYTES);

type OpenView = Extract<UploadView, { state: 'open' }>;

function begun(sizeBytes = SIZE_BYTES) {
  const clock = makeVirtualClock();
  const server = makeRulesServer(clock);
  const fileOf = (putMs?: number) =>
    makeVirtualFile(clock, { sizeBytes, ...(putMs === undefined ? {} : { putMs }) });
  const create = (file = fileOf()) => {
    const info = { name: 'a holiday.mp4', sizeBytes, type: 'video/mp4' };
    const upload = makeUpload(
      deviceOn(clock, server, 'laptop'),
      { kind: 'create', file: info, secrets: SECRETS },
      file,
    );
    return { upload, file };
  };
  const join = (name: string, secret = SECRETS.help, file?: ReturnType<typeof fileOf>) =>
    makeUpload(deviceOn(clock, server, name), { kind: 'join', secret }, file);
  return { clock, server, fileOf, create, join };
}

function openView(upload: Upload): OpenView {
  const view = upload.view();
  if (view.state !== 'open') throw new Error(`expected an open upload, got one that is ${view.state}`);
  return view;
}

const isOpen = (upload: Upload) => () => upload.view().state === 'open';
const isFinished = (upload: Upload) => () => upload.board()?.state.state === 'finished';

test('an upload is opening, then open with what the board says of it', async () => {
  const { clock, create } = begun();
  const { upload } = create();
  expect(upload.view()).toEqual({ state: 'opening' });
  expect(upload.board()).toBeUndefined();
  await clock.passUntil(isOpen(upload), 1_000);
  expect(openView(upload)).toMatchObject({
    upload: UPLOAD,
    file: { name: 'a holiday.mp4', sizeBytes: SIZE_BYTES, type: 'video/mp4' },
    role: 'owner',
    device: 1,
    partCount: 10,
    doneParts: 0,
    phase: { state: 'open' },
    devices: [{ number: 1, name: 'laptop', role: 'owner', online: true, isSelf: true, doneParts: 0 }],
  });
});

test('a link that is not valid is refused in words at once, and asked for no longer than its upload may take to be made', async () => {
  const { clock, server, join } = begun();
  const upload = join('stranger', 'x'.repeat(22));
  await clock.pass(100);
  expect(upload.view()).toMatchObject({ state: 'refused', error: { message: 'This link is not valid.' } });
  await clock.pass(60 * MINUTE_MS);
  expect(upload.view()).toMatchObject({ state: 'refused' });
  expect(server.heard.filter(({ message }) => message.type === 'join')).toHaveLength(1 + LINK_TRIES);
});

test('an upload that is carried by one device is shown as far as its bytes have left, never further', async () => {
  const { clock, create } = begun();
  const { upload, file } = create();
  const looks: Array<{ shownBytes: number; leftBytes: number }> = [];
  const parts = Array.from({ length: GEOMETRY.parts }, (_, i) => i + 1);
  upload.onChange(() => {
    const view = upload.view();
    if (view.state !== 'open' || view.phase.state === 'finished') return;
    const leftBytes = parts.reduce((sum, part) => sum + file.sentOf(part), 0);
    looks.push({ shownBytes: view.progress.shownBytes, leftBytes });
  });
  await clock.passUntil(isFinished(upload), MINUTE_MS);
  expect(looks.length).toBeGreaterThan(30);
  expect(looks.filter(({ shownBytes, leftBytes }) => shownBytes > leftBytes)).toEqual([]);
  expect(openView(upload).progress).toMatchObject({ share: 1, shownBytes: SIZE_BYTES, etaMs: 0 });
});

test('a part that two devices carry counts once', async () => {
  const { clock, server, create } = begun();
  const { upload, file } = create();
  await clock.passUntil(() => file.puts.length === 4, MINUTE_MS);
  await clock.pass(800);
  // Some of the first four parts have left when another device reports two of them.
  server.decideFor(9, { done: [1, 2] });
  const shown: number[] = [];
  const look = () => shown.push(openView(upload).progress.shownBytes / MIN_PART_BYTES);
  upload.onChange(look);
  await clock.pass(30);
  expect(shown.length).toBeGreaterThan(0);
  const others = [3, 4, 5].reduce((sum, part) => sum + file.sentOf(part), 0) / MIN_PART_BYTES;
  expect(others).toBeGreaterThan(0);
  expect(shown.at(-1)).toBe(2 + others);
});

test('no time is given before anything was measured; then one that comes true', async () => {
  const { clock, create } = begun();
  const { upload } = create(makeVirtualFile(clock, { sizeBytes: SIZE_BYTES, putMs: 4_000 }));
  await clock.passUntil(isOpen(upload), 1_000);
  expect(openView(upload).progress.etaMs).toBeUndefined();
  await clock.pass(6_000);
  const { etaMs = 0 } = openView(upload).progress;
  const tookMs = await clock.passUntil(isFinished(upload), MINUTE_MS);
  expect(etaMs).toBeGreaterThan(tookMs * 0.5);
  expect(etaMs).toBeLessThan(tookMs * 1.5);
});

test('while nothing moves no time is given, and no speed', async () => {
  const { clock, create } = begun();
  const { upload, file } = create();
  await clock.passUntil(() => file.puts.length === 8, MINUTE_MS);
  expect(openView(upload).progress.etaMs).toBeGreaterThan(0);
  file.putFails = () => ({ state: 'failed', reason: 'stalled' });
  file.putMs = MINUTE_MS;
  await clock.pass(12_000);
  const { progress, devices } = openView(upload);
  expect(progress.etaMs).toBeUndefined();
  expect([progress.rateBps, devices[0]?.rateBps]).toEqual([0, 0]);
});

/** Looks at an upload every 100 ms; answers with what it showed of speed and time left, each once. */
async function looksAt(clock: ReturnType<typeof begun>['clock'], upload: Upload, ms: number) {
  const looks = new Set<string>();
  for (let atMs = 0; atMs < ms; atMs += 100) {
    await clock.pass(100);
    const { rateBps, etaMs } = openView(upload).progress;
    looks.add(rateBps === 0 && etaMs === undefined ? 'nothing moves' : 'moves');
  }
  return [...looks];
}

test.for<[string, PutOutcome, string]>([
  ['a store that is full', { state: 'refused', status: 507, code: 'XMinioStorageFull' }, 'store-full'],
  ['a line that is cut each time', { state: 'failed', reason: 'network' }, 'retrying'],
])(
  'what is sent in vain, to %s, is no speed and gives no time, here and with those who watch',
  async ([, failure, state]) => {
    const { clock, create, join } = begun(60 * MIN_PART_BYTES);
    const { upload, file } = create();
    const watcher = join('wall', SECRETS.watch);
    await clock.passUntil(() => file.puts.length === 12, MINUTE_MS);
    expect(openView(watcher).progress.etaMs).toBeGreaterThan(0);
    file.putFails = () => failure;
    await clock.passUntil(() => openView(upload).carrier?.state === state, MINUTE_MS);
    const sentBefore = file.puts.length;
    expect(await looksAt(clock, upload, MINUTE_MS)).toEqual(['nothing moves']);
    expect(await looksAt(clock, watcher, MINUTE_MS)).toEqual(['nothing moves']);
    expect(file.puts.length).toBeGreaterThan(sentBefore + 4);
    file.putFails = () => undefined;
    await clock.passUntil(() => openView(watcher).progress.rateBps > 0, MINUTE_MS);
    expect(openView(upload).progress.etaMs).toBeGreaterThan(0);
  },
);

test('while the server has no room for a note, what was heard of the others before gives no time either', async () => {
  const { clock, server, create, join, fileOf } = begun(200 * MIN_PART_BYTES);
  const { upload } = create(fileOf(2_000));
  await clock.passUntil(isOpen(upload), 1_000);
  join('phone', SECRETS.help, fileOf(20_000));
  await clock.passUntil(() => (openView(upload).devices[1]?.rateBps ?? 0) > 0, MINUTE_MS);
  server.mishap = ({ type }) => (type === 'sync' ? { kind: 'store-full', message: 'full' } : undefined);
  await clock.passUntil(() => openView(upload).carrier?.state === 'store-full', MINUTE_MS);
  expect(await looksAt(clock, upload, 5_000)).toEqual(['nothing moves']);
});

test('one part that never gets through takes nothing from the speed of the others', async () => {
  const { clock, create } = begun(200 * MIN_PART_BYTES);
  const { upload, file } = create();
  await clock.passUntil(isOpen(upload), 1_000);
  file.putFails = (part) => (part === 2 ? { state: 'failed', reason: 'network' } : undefined);
  await clock.passUntil(() => openView(upload).carrier?.state === 'retrying', MINUTE_MS);
  expect(await looksAt(clock, upload, 10_000)).toEqual(['moves']);
});

test('every device is shown with its speed and its parts; what was not heard of for 30 s has no speed', async () => {
  const { clock, server, create, join, fileOf } = begun(200 * MIN_PART_BYTES);
  const { upload } = create(fileOf(2_000));
  await clock.passUntil(() => server.manifest.size > 2, MINUTE_MS);
  const watcher = join('wall', SECRETS.watch);
  join('phone', SECRETS.help, fileOf(2_000));
  await clock.pass(3_100);
  const [laptop, wall, phone] = openView(watcher).devices;
  expect([laptop, wall, phone].map((device) => device?.isSelf)).toEqual([false, true, false]);
  expect(laptop).toMatchObject({ number: 1, role: 'owner', doneParts: 4 });
  expect(phone).toMatchObject({ number: 3, role: 'helper', doneParts: 4 });
  expect(wall?.rateBps).toBe(0);
  for (const device of [laptop, phone]) {
    // Four puts of 5 MiB in 2 s: 10 MiB/s, measured over the little time that there was.
    expect(device?.rateBps).toBeGreaterThan(5 * 1_048_576);
    expect(device?.rateBps).toBeLessThan(15 * 1_048_576);
  }
  server.mishap = () => 'unheard';
  await clock.pass(12_000);
  // Its tickets should have been stored long since.
  const ofPhone = openView(watcher).devices[2]?.rateBps ?? 0;
  expect(ofPhone).toBeGreaterThan(0);
  expect(ofPhone).toBeLessThan(5 * 1_048_576);
  await clock.pass(19_000);
  expect(openView(watcher).devices.map(({ rateBps }) => rateBps)).toEqual([0, 0, 0]);
  expect(openView(watcher).progress.etaMs).toBeUndefined();
  expect(openView(upload).doneParts).toBe(8);
});

test('a device that is cut off does not go on showing how fast the others are, nor when it will be done', async () => {
  const { clock, server, create, join, fileOf } = begun();
  create(fileOf(2_000));
  await clock.passUntil(() => server.manifest.size > 2, MINUTE_MS);
  const watcher = join('wall', SECRETS.watch);
  await clock.pass(2_800);
  const ofLaptop = () => openView(watcher).devices[0]?.rateBps;
  expect(ofLaptop()).toBeGreaterThan(0);
  server.mishap = ({ type }) => (type === 'hello' ? 'unheard' : undefined);
  server.cut();
  await clock.pass(2_000);
  // A line that is back by now has missed nothing.
  expect(ofLaptop()).toBeGreaterThan(0);
  await clock.pass(2_000);
  expect(ofLaptop()).toBe(0);
  expect(openView(watcher).progress).toMatchObject({ rateBps: 0, etaMs: undefined });
});

test('a finished upload has no speeds any more', async () => {
  const { clock, create } = begun();
  const { upload } = create();
  await clock.passUntil(isFinished(upload), MINUTE_MS);
  expect(openView(upload).devices).toMatchObject([{ rateBps: 0, doneParts: 10 }]);
});

test('a file that is attached later is carried; put aside, its tickets are free and it is closed', async () => {
  const { clock, server, create, join, fileOf } = begun();
  const { upload: laptop } = create();
  await clock.passUntil(() => server.manifest.size > 2, MINUTE_MS);
  laptop.detach();
  const phone = join('phone');
  await clock.passUntil(isOpen(phone), 1_000);
  expect(openView(phone).carrier).toBeUndefined();
  const file = fileOf();
  phone.attach(file);
  expect(openView(phone).carrier).toEqual({ state: 'proving' });
  await clock.passUntil(() => file.puts.length > 0, 2_000);
  phone.detach();
  await clock.pass(100);
  expect(openView(phone).carrier).toBeUndefined();
  expect(file.isClosed).toBe(true);
  expect(server.stripe(0).leases).toEqual([]);
  const putCount = file.puts.length;
  await clock.pass(MINUTE_MS);
  expect(file.puts).toHaveLength(putCount);
});

test('another file in place of the first one takes over its work', async () => {
  const { clock, create, fileOf } = begun();
  const { upload, file } = create();
  await clock.passUntil(() => file.puts.length === 4, MINUTE_MS);
  const again = fileOf();
  upload.attach(again);
  expect(file.isClosed).toBe(true);
  const tookMs = await clock.passUntil(isFinished(upload), MINUTE_MS);
  expect(file.abortedPuts).toBe(4);
  expect(again.puts.map(({ part }) => part).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(tookMs).toBeLessThan(5_000);
});

test('who draws the board hears of all stripes when it opens, and then of those that change', async () => {
  const { clock, server, create } = begun();
  const { upload } = create();
  const heard: Array<readonly number[]> = [];
  upload.onStripes((stripes) => heard.push(stripes));
  await clock.passUntil(isOpen(upload), 1_000);
  expect(heard).toEqual([[0]]);
  upload.detach();
  await clock.pass(100);
  heard.length = 0;
  server.decideFor(9, { done: [3] });
  await clock.pass(100);
  expect(heard).toEqual([[0]]);
});

test('ending an upload and asking for its address say what the server says', async () => {
  const { clock, server, create } = begun();
  const { upload } = create();
  expect(await upload.downloadLink()).toEqual({ error: undefined });
  expect(await upload.abort()).toBeUndefined();
  await clock.passUntil(isOpen(upload), 1_000);
  const error = { kind: 'not-finished', message: 'Not yet.' } as const;
  server.mishap = ({ type }) => (type === 'download' || type === 'abort' ? error : undefined);
  const refused = Promise.all([upload.downloadLink(), upload.abort()]);
  await clock.pass(100);
  expect(await refused).toEqual([{ error }, error]);
  server.mishap = () => undefined;
  const answered = Promise.all([upload.downloadLink(), upload.abort()]);
  await clock.pass(100);
  expect(await answered).toEqual([{ url: 'http://store.test/store/the-object' }, undefined]);
  expect(openView(upload).phase.state).toBe('aborted');
});

test('an upload that is closed leaves its board and is quiet', async () => {
  const { clock, server, create } = begun();
  const { upload, file } = create();
  await clock.passUntil(() => file.puts.length === 4, MINUTE_MS);
  await clock.pass(500);
  upload.close();
  await clock.pass(100);
  expect(server.stripe(0).leases).toEqual([]);
  const types = server.heard.map(({ message }) => message.type);
  expect(types.at(-1)).toBe('leave');
  await clock.pass(5 * MINUTE_MS);
  const later = server.heard.slice(types.length).map(({ message }) => message.type);
  expect(new Set(later)).toEqual(new Set(['ping']));
});
