import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { device } from '../support/client.ts';
import { type DeviceProcess, startDevice } from '../support/device-process.ts';
import { entryOf, objectOf } from '../support/kept-upload.ts';
import { type ServerUnderTest, serve } from '../support/running-server.ts';

const MIB = 1_048_576;
/** Starting a process takes a second or two of its own on a busy machine. */
const TIMEOUT_MS = 40_000;
let server: ServerUnderTest;
let folder: string;
let path: string;
const bytes = randomBytes(40 * MIB);
const PARTS = 8;

beforeAll(async () => {
  server = await serve();
  folder = await mkdtemp(join(tmpdir(), 'tributary-device-'));
  path = join(folder, 'film.mov');
  await writeFile(path, bytes);
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** A machine of its own: what one device remembers is nothing to another. */
const machine = () => mkdtemp(join(folder, 'state-'));

function create(state: string, ...more: string[]): DeviceProcess {
  return startDevice(['create', path, '--server', server.origin, '--state', state, '--json', ...more]);
}

async function linksOf(owner: DeviceProcess): Promise<{ help: string; watch: string; isResumed: boolean }> {
  return JSON.parse(await owner.said((line) => line.includes('"links"')));
}

/** A page as AWS serves it: files at one address, `config.json` among them, and the socket at another. */
async function serveStage(socketUrl: string) {
  const asked: string[] = [];
  const site = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url !== '/config.json') return void response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ socketUrl }));
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  const { port } = site.address() as AddressInfo;
  const close = () => {
    site.closeAllConnections();
    site.close();
  };
  return { origin: `http://127.0.0.1:${port}`, asked, close };
}

const isProgress = (is: (moment: Record<string, number>) => boolean) => (line: string) => {
  const moment = JSON.parse(line);
  return moment.kind === 'progress' && is(moment);
};

const hashOfPart = (part: number) =>
  createHash('sha256')
    .update(bytes.subarray((part - 1) * 5 * MIB, part * 5 * MIB))
    .digest('base64');
const fileSha256 = () => createHash('sha256').update(bytes).digest('hex');

describe('a device without a browser', { timeout: TIMEOUT_MS }, () => {
  test('two of them carry one file, a third one watches, all end with 0, and the object is the file', async () => {
    const state = await machine();
    const owner = create(state, '--limit', '6MB/s');
    const { help, watch } = await linksOf(owner);
    const helper = startDevice([
      'join',
      help,
      path,
      '--limit',
      '8MB/s',
      '--state',
      await machine(),
      '--json',
    ]);
    const watcher = startDevice(['watch', watch, '--state', await machine()]);
    const ended = await Promise.all([owner, helper, watcher].map((one) => one.ended));
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(ended[2]?.stdout).toBe('film.mov is complete.');
    const last = ended.slice(0, 2).map(({ stdout }) => JSON.parse(stdout.split('\n').at(-2) ?? ''));
    const [own = 0, helped = 0] = last.map(({ ownParts }) => ownParts);
    expect(own + helped).toBe(PARTS);
    expect(Math.min(own, helped)).toBeGreaterThan(0);
    expect(await objectOf(server.origin, state)).toBe(fileSha256());
  });

  test('whose state folder cannot be written helps all the same, and begins no upload that it could not go on with', async () => {
    const state = await machine();
    const owner = create(state, '--limit', '8MB/s');
    const { help, watch } = await linksOf(owner);
    // The file, in place of a folder.
    const helper = startDevice(['join', help, path, '--state', path, '--limit', '8MB/s']);
    const limited = startDevice(['join', help, path, '--state', path, '--allowance', '1GB']);
    const watcher = startDevice(['watch', watch, '--state', path, '--json']);
    const begun = create(path, '--new');
    const [own, helped, refused, seen, none] = await Promise.all(
      [owner, helper, limited, watcher, begun].map((one) => one.ended),
    );
    expect([own, helped, refused, seen, none].map((one) => one?.code)).toEqual([0, 0, 1, 0, 1]);
    expect(helped?.stderr).toMatch(
      /^This run is not remembered: .*film\.mov is not a folder\. It goes on all the same\./,
    );
    expect(seen?.stdout).toContain('{"kind":"note","text":"This run is not remembered: ');
    expect(refused?.stderr).toMatch(/^Nothing was sent: .* and the data allowance is counted there\. .*\n$/);
    expect(JSON.parse(none?.stdout ?? '')).toMatchObject({
      kind: 'end',
      code: 1,
      text: expect.stringMatching(/^Nothing was begun: .*--state\.$/),
    });
    for (const one of [own, helped, refused, seen, none]) expect(one?.stderr).not.toMatch(/^ {4}at /m);
  });

  test('takes the link of a page whose socket is elsewhere, as on AWS: config.json beside the page says where', async () => {
    const stage = await serveStage(`${server.origin.replace('http', 'ws')}/ws`);
    const owner = create(await machine());
    const { watch } = await linksOf(owner);
    const link = `${stage.origin}/#${watch.split('#')[1]}`;
    const watcher = startDevice(['watch', link, '--state', await machine(), '--give-up', '20s']);
    const [, { code, stdout }] = await Promise.all([owner.ended, watcher.ended]);
    stage.close();
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'film.mov is complete.' });
    expect(stage.asked).toEqual(['/config.json']);
  });

  test('interrupted, it gives its tickets back; run again, it goes on as the same device and sends nothing twice', async () => {
    const state = await machine();
    const first = create(state, '--limit', '8MB/s');
    const { help, watch } = await linksOf(first);
    const looker = await device(server.origin, 'looker');
    const { upload } = await looker.expect('board', { type: 'join', secret: watch.split('#')[1] });
    await first.said(isProgress(({ ownParts = 0 }) => ownParts >= 2));
    first.child.kill('SIGINT');
    const { code, stdout } = await first.ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout.split('\n').at(-1) ?? '')).toMatchObject({
      kind: 'end',
      text: expect.stringContaining('tickets in hand were given back'),
    });
    await looker.expect('ok', { type: 'leave', upload });
    const between = await looker.expect('board', { type: 'join', secret: watch.split('#')[1] });
    expect(between.stripes.flatMap(({ leases }) => leases)).toEqual([]);
    // What was hashed is not hashed again.
    const [hashes = ''] = (await readdir(state)).filter((name) => name.endsWith('.hashes'));
    expect((await readFile(join(state, hashes))).toString('base64')).toContain(hashOfPart(1).slice(0, 40));

    const second = create(state);
    expect(await linksOf(second)).toMatchObject({ help, watch, isResumed: true });
    expect((await second.ended).code).toBe(0);
    const after = await looker.expect('board', { type: 'join', secret: watch.split('#')[1] });
    expect(after.devices.filter(({ role }) => role === 'owner')).toHaveLength(1);
    expect(after.stripes[0]?.credits).toEqual([[1, 'ff']]);
    expect(await objectOf(server.origin, state)).toBe(fileSha256());
    looker.close();

    // Nothing is left to do, touched or not; --new begins another one.
    expect((await create(state).ended).code).toBe(0);
    await utimes(path, new Date(), new Date(1_000));
    const third = create(state);
    expect(await linksOf(third)).toMatchObject({ help, isResumed: true });
    expect((await third.ended).code).toBe(0);
    const fourth = create(state, '--new', '--limit', '8MB/s');
    const other = await linksOf(fourth);
    expect(other.isResumed).toBe(false);
    expect(other.help).not.toBe(help);
    fourth.child.kill('SIGTERM');
    expect((await fourth.ended).code).toBe(143);
  });

  test('killed in the middle of its parts, it has counted all that may have left, and keeps to what is left', async () => {
    const state = await machine();
    const limits = ['--limit', '4MB/s', '--allowance', '30MB'];
    const first = create(state, ...limits);
    const moment = await first.said(isProgress(({ shownBytes = 0 }) => shownBytes >= 2 * MIB));
    first.child.kill('SIGKILL');
    await first.ended;
    const { spentBytes } = await entryOf(state);
    expect(spentBytes).toBeGreaterThanOrEqual(JSON.parse(moment).shownBytes);
    expect(spentBytes % (5 * MIB)).toBe(0);
    const second = await create(state, '--allowance', '30MB').ended;
    expect(second.code).toBe(5);
    const after = (await entryOf(state)).spentBytes;
    expect(after).toBeGreaterThanOrEqual(spentBytes);
    expect(after).toBeLessThanOrEqual(30_000_000);
  });

  describe('a file that was written to since its upload began', () => {
    const createOwn = (own: string, state: string, ...more: string[]) =>
      startDevice(['create', own, '--server', server.origin, '--state', state, '--json', ...more]);

    /** Some of its parts are uploaded; no device carries it any more. */
    async function interruptedUpload() {
      const state = await machine();
      const own = join(state, 'own.mov');
      await writeFile(own, bytes);
      const first = createOwn(own, state, '--limit', '8MB/s');
      const { help } = await linksOf(first);
      await first.said(isProgress(({ ownParts = 0 }) => ownParts >= 2));
      first.child.kill('SIGINT');
      await first.ended;
      return { state, own, help };
    }

    test('goes on with the same upload if its bytes are the same; longer than it was, it is another one', async () => {
      const { state, own, help } = await interruptedUpload();
      // An allowance is one of all runs, of those without one as well.
      const { spentBytes } = await entryOf(state);
      expect(spentBytes).toBeGreaterThanOrEqual(10 * MIB);
      expect((await createOwn(own, state, '--allowance', '12MB').ended).code).toBe(5);
      expect((await entryOf(state)).spentBytes).toBe(spentBytes);
      await utimes(own, new Date(), new Date(1_000));
      const second = createOwn(own, state);
      expect(await linksOf(second)).toMatchObject({ help, isResumed: true });
      expect((await second.ended).code).toBe(0);
      expect(await objectOf(server.origin, state)).toBe(fileSha256());
      await appendFile(own, 'x');
      const longer = startDevice(['create', own, '--server', server.origin, '--state', state]);
      await longer.said((line) => line.includes('another size'));
      expect(await longer.said((line) => line.includes('Link for other devices'))).not.toContain(help);
      longer.child.kill('SIGTERM');
      await longer.ended;
    });

    test('is refused if they are others, in words that say how to begin another upload, and --new does', async () => {
      const { state, own, help } = await interruptedUpload();
      const edited = Buffer.from(bytes);
      edited[0] = 255 - (edited[0] ?? 0);
      await writeFile(own, edited);
      const { code, stdout } = await createOwn(own, state).ended;
      expect(code).toBe(4);
      expect(JSON.parse(stdout.split('\n').at(-1) ?? '').text).toMatch(/has changed.*\(part 1\).*--new/);
      const anew = createOwn(own, state, '--new');
      expect((await linksOf(anew)).help).not.toBe(help);
      expect((await anew.ended).code).toBe(0);
      expect(await objectOf(server.origin, state)).toBe(createHash('sha256').update(edited).digest('hex'));

      // Complete is what was uploaded, not what has become of it.
      edited[7] = 255 - (edited[7] ?? 0);
      await writeFile(own, edited);
      const again = await createOwn(own, state).ended;
      expect(again.code).toBe(4);
      expect(again.stdout).toMatch(/complete as it was.*\(part 1\).*--new/);
    });
  });

  test('interrupted while the server is away, it does not say that its tickets were given back', async () => {
    const away = await serve();
    const state = await machine();
    const owner = startDevice([
      'create',
      path,
      '--server',
      away.origin,
      '--state',
      state,
      '--json',
      '--limit',
      '1MB/s',
    ]);
    await owner.said(isProgress(({ ownRateBps = 0 }) => ownRateBps > 0));
    await away.close();
    owner.child.kill('SIGINT');
    const { code, stdout } = await owner.ended;
    expect(code).toBe(130);
    expect(stdout).toContain('The server could not be told: others take over');
  });

  test('a second one for the same work is refused while the first one runs', async () => {
    const state = await machine();
    const first = create(state, '--limit', '1MB/s');
    await linksOf(first);
    const { code, stdout } = await create(state).ended;
    expect(code).toBe(8);
    expect(stdout).toContain('running already');
    first.child.kill('SIGINT');
    await first.ended;
  });

  test('what it cannot do ends with a code of its own and says what to do', async () => {
    const owner = create(await machine(), '--limit', '1MB/s');
    const { help, watch } = await linksOf(owner);
    await owner.said(isProgress(({ ownRateBps = 0 }) => ownRateBps > 0));
    const other = join(folder, 'other.mov');
    const changed = Buffer.from(bytes);
    changed.fill(0);
    await writeFile(other, changed);
    const state = ['--state', await machine()];
    await startDevice(['join', help, path, '--allowance', '12MB', ...state, '--limit', '20MB/s']).ended.then(
      ({ code, stderr }) =>
        expect([code, stderr]).toEqual([5, expect.stringContaining('allowance is used up')]),
    );
    const cases: Array<[string[], number, string]> = [
      [['join', `${server.origin}/#${'x'.repeat(22)}`, path, ...state], 3, 'This link is not valid'],
      [['join', watch, path, ...state], 3, 'this device watch, not upload'],
      [['join', help, other, ...state], 4, 'not the same file'],
      [['join', help, join(folder, 'none.mov')], 4, 'There is no file'],
      [['join', help], 2, 'Expected join LINK FILE'],
      [['watch', `http://127.0.0.1:9/#${'x'.repeat(22)}`, '--give-up', '1s', ...state], 7, 'Gave up'],
    ];
    const ended = await Promise.all(cases.map(([args]) => startDevice(args).ended));
    expect(ended.map(({ code }) => code)).toEqual(cases.map(([, code]) => code));
    for (const [i, [, , words]] of cases.entries()) expect(ended[i]?.stderr).toContain(words);
    owner.child.kill('SIGINT');
    await owner.ended;
  });
});
