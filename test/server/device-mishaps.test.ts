import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DeviceProcess, startDevice } from '../support/device-process.ts';
import { objectOf } from '../support/kept-upload.ts';
import { type ServerUnderTest, serve } from '../support/running-server.ts';

const MIB = 1_048_576;
/** Starting a process takes a second or two of its own on a busy machine. */
const TIMEOUT_MS = 40_000;
let server: ServerUnderTest;
let folder: string;

beforeAll(async () => {
  server = await serve();
  folder = await mkdtemp(join(tmpdir(), 'tributary-mishaps-'));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** A file of random bytes, and a machine to upload it from. */
async function scene(sizeBytes: number) {
  const state = await mkdtemp(join(folder, 'state-'));
  const path = join(state, 'own.mov');
  const bytes = randomBytes(sizeBytes);
  await writeFile(path, bytes);
  const create = (...more: string[]): DeviceProcess =>
    startDevice(['create', path, '--server', server.origin, '--state', state, '--json', ...more]);
  return { state, path, bytes, create };
}

/** As an editor does that saves in place: other bytes, the same length. */
async function writeInPlace(path: string, text: string, position: number): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(text, position);
  await file.close();
}

const locksOf = async (state: string) => (await readdir(state)).filter((name) => name.endsWith('.lock'));

const isProgress = (is: (moment: Record<string, number>) => boolean) => (line: string) => {
  const moment = JSON.parse(line);
  return moment.kind === 'progress' && is(moment);
};
const textOf = (stdout: string): string => JSON.parse(stdout.split('\n').at(-1) ?? '').text;

describe('a device without a browser, whose file is written to while it is uploaded,', {
  timeout: TIMEOUT_MS,
}, () => {
  test('stops before it would count, and is not complete', async () => {
    const { path, create } = await scene(20 * MIB);
    const first = create('--limit', '5MB/s');
    await first.said(isProgress(({ ownParts = 0 }) => ownParts >= 1));
    await writeInPlace(path, 'other', 100);
    const { code, stdout } = await first.ended;
    expect(code).toBe(4);
    expect(textOf(stdout)).toMatch(/^The file was written to while it was uploaded\. .*--new/);
    const again = await create().ended;
    expect([again.code, textOf(again.stdout)]).toEqual([
      4,
      expect.stringMatching(/has changed since this upload began \(part 1\)/),
    ]);
  });

  test('after the last of it was read, is told that what is complete is the file as it was', async () => {
    // Read at once as a whole, and sent for two seconds.
    const { state, path, bytes, create } = await scene(1 * MIB);
    const first = create('--limit', '500kB/s');
    await first.said(isProgress(({ ownRateBps = 0 }) => ownRateBps > 0));
    await writeInPlace(path, 'other', 100);
    const { code, stdout } = await first.ended;
    expect([code, textOf(stdout)]).toEqual([4, expect.stringMatching(/is complete as it was .*--new/)]);
    expect(await objectOf(server.origin, state)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });
});

describe('a device without a browser,', { timeout: TIMEOUT_MS }, () => {
  test('whose readers have left goes on to the end, and ends with its real code', async () => {
    const { state, bytes, create } = await scene(5 * MIB);
    const unheard = create('--limit', '3MB/s');
    await unheard.said((line) => line.includes('"links"'));
    unheard.child.stdout?.destroy();
    unheard.child.stderr?.destroy();
    expect((await unheard.ended).code).toBe(0);
    expect(await objectOf(server.origin, state)).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(await locksOf(state)).toEqual([]);
  });

  test('whose terminal is closed gives its tickets back, however often it hears of that', async () => {
    const { state, create } = await scene(5 * MIB);
    const hungUp = create('--limit', '500kB/s');
    await hungUp.said(isProgress(({ ownRateBps = 0 }) => ownRateBps > 0));
    hungUp.child.kill('SIGHUP');
    hungUp.child.kill('SIGHUP');
    const { code, stdout } = await hungUp.ended;
    expect([code, textOf(stdout)]).toEqual([129, expect.stringContaining('tickets in hand were given back')]);
    expect(await locksOf(state)).toEqual([]);
  });

  test('takes a state folder, as a file, from where it was called', async () => {
    const { state } = await scene(1 * MIB);
    const args = ['create', 'own.mov', '--server', server.origin, '--state', './kept'];
    const { code } = await startDevice(args, { INIT_CWD: state }).ended;
    expect(code).toBe(0);
    expect(await readdir(join(state, 'kept'))).toContainEqual(expect.stringMatching(/\.json$/));
  });

  // Other systems make their pipes in another way.
  test.runIf(process.platform === 'linux')(
    'does not wait at a pipe for somebody who writes to it',
    async () => {
      const { state } = await scene(1);
      const pipe = join(state, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const { code, stderr } = await startDevice([
        'create',
        pipe,
        '--server',
        server.origin,
        '--state',
        state,
      ]).ended;
      expect([code, stderr]).toEqual([4, expect.stringContaining('is not a file')]);
    },
  );
});
