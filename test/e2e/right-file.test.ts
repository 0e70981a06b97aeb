import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { launchProfile, objectSha256, type ProfileBrowser, untilDone } from '../support/browser.ts';
import { type FaultLine, makeFaultLine, tallied } from '../support/fault-line.ts';
import { type StartedServer, startServerProcess } from '../support/started-server.ts';

const MIB = 1_048_576;
// More than are on their way at once, and sockets hold some more: some of them are still to be read when the file goes.
const PARTS = 18;
const LINE_BYTES_PER_S = 8 * MIB;
const bytes = randomBytes(PARTS * 5 * MIB);
const sha256 = createHash('sha256').update(bytes).digest('hex');

let folder: string;
let path: string;
let server: StartedServer;
let line: FaultLine;
let browser: ProfileBrowser;
let page: Page;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-file-'));
  path = join(folder, 'holiday film.mov');
  await writeFile(path, bytes);
  server = await startServerProcess();
  line = await makeFaultLine(server.port, LINE_BYTES_PER_S);
  browser = await launchProfile(join(folder, 'profile'));
  page = await browser.context.newPage();
  await page.goto(line.origin);
});
afterEach(async () => {
  await browser.kill();
  await line.close();
  await server.dispose();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** As a person drops a file from the disk: the page gets a real handle with it. */
async function drop(file: string): Promise<void> {
  await page.getByLabel('Choose a file').waitFor({ state: 'attached' });
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [file], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
  }
}

const says = (words: RegExp) => page.getByText(words).first().waitFor({ timeout: 60_000 });
const isComplete = () => says(/holiday film\.mov is complete\./);
const offersRightFile = () => page.getByRole('button', { name: 'Go on with holiday film.mov' }).waitFor();
const choose = (file: string) => page.getByLabel('Choose this file here').setInputFiles(file);

test('after a reload the browser asks before it reads again; another file is refused in words, and the right one goes on', async () => {
  await drop(path);
  await untilDone(page, 2);
  await page.reload();
  await offersRightFile();

  const longer = join(folder, 'longer.mov');
  await writeFile(longer, Buffer.concat([bytes, Buffer.from('and more')]));
  await choose(longer);
  await says(/This is not the same file: “longer\.mov” has .* the upload has/);
  const other = join(folder, 'other.mov');
  await writeFile(other, randomBytes(bytes.length));
  await choose(other);
  await says(/This is not the same file: part \d+ differs/);
  await offersRightFile();
  await page.reload();
  await offersRightFile();

  await choose(path);
  await isComplete();
  expect(await objectSha256(page)).toBe(sha256);
});

test('a file that is written to while it is uploaded stops before its new bytes count, and goes on when it is as it was', async () => {
  await drop(path);
  await untilDone(page, 3);
  await writeFile(path, Buffer.concat([randomBytes(bytes.length - MIB), bytes.subarray(-MIB)]));
  await says(/has changed since this upload began/);
  const edited = tallied(line.parts, PARTS);
  expect(edited.missing.length).toBeGreaterThan(0);

  await writeFile(path, bytes);
  await choose(path);
  await untilDone(page, PARTS / 2);
  // This time it came without a handle: nothing but another choice brings it back.
  await writeFile(path, bytes);
  await says(/was changed or moved since it was chosen\. Choose it again/);
  await choose(path);
  await isComplete();
  expect(await objectSha256(page)).toBe(sha256);
});

test('a file whose drive is taken out is waited for, and goes on by itself when it is back', async () => {
  await drop(path);
  await untilDone(page, 2);
  await rename(path, `${path}.away`);
  await says(/is not where it was/);
  await rename(`${path}.away`, path);
  await isComplete();
  expect(await objectSha256(page)).toBe(sha256);
  expect(tallied(line.parts, PARTS).missing).toEqual([]);
});
