import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  DESKTOP,
  launchChromium,
  openPage,
  PHONE,
  partsOfRanges,
  seenDone,
  untilDone,
  watchGrid,
} from '../support/browser.ts';
import { type StartedServer, startServerProcess } from '../support/started-server.ts';
import { synthesiseInto } from '../support/synthesised-bundles.ts';
import { makeUplink, type Uplink } from '../support/uplink.ts';

const MIB = 1_048_576;
const FILE_MIB = 200;
const PARTS = 40;
/** What two devices on a busy machine keep up with, each of them. */
const LINE_BYTES_PER_S = 10 * MIB;
/** Until both have begun: on a busy machine the second one is there later than the file would be on the whole line. */
const WAITING_BYTES_PER_S = 2 * MIB;

let folder: string;
let path: string;
let fileSha256: string;
let browser: Browser;
let server: StartedServer;
let lines: Uplink[];
let contexts: BrowserContext[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-file-'));
  path = join(folder, 'holiday film.mov');
  fileSha256 = await writeRandomFile(path, FILE_MIB);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});
async function start(env: Parameters<typeof startServerProcess>[0] = {}): Promise<void> {
  server = await startServerProcess(env);
  lines = await Promise.all([1, 2, 3].map(() => makeUplink(server.port, LINE_BYTES_PER_S)));
  contexts = [];
}
afterEach(async () => {
  for (const context of contexts) await context.close();
  for (const line of lines) await line.close();
  await server.dispose();
});

async function writeRandomFile(to: string, mib: number): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(to, 'w');
  for (let i = 0; i < mib; i++) {
    const chunk = randomBytes(MIB);
    hash.update(chunk);
    await file.write(chunk);
  }
  await file.close();
  return hash.digest('hex');
}

async function sha256OfFile(of: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(of)) hash.update(chunk);
  return hash.digest('hex');
}

async function openDevice(line: number, options: Parameters<Browser['newContext']>[0], fragment = '') {
  const context = await browser.newContext({ ...options, acceptDownloads: true });
  contexts.push(context);
  return openPage(context, `${lines[line]?.origin}/${fragment}`);
}

/** The fragment that the address bar holds once an upload has begun. */
async function linkOf(page: Page): Promise<string> {
  await page.waitForURL(/#[A-Za-z0-9_-]{22}$/);
  return new URL(page.url()).hash;
}

async function chooseFile(page: Page, name: string): Promise<void> {
  await page.getByLabel(name).setInputFiles(path);
}

const toast = (page: Page) => page.getByText('holiday film.mov is complete.');

async function carriedBy(page: Page): Promise<Record<string, number>> {
  return JSON.parse((await page.getByTestId('grid').getAttribute('data-done-by')) ?? '{}');
}

async function downloadSha256(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('holiday film.mov');
  return sha256OfFile(await download.path());
}

test.each([
  ['the handlers as they are', async () => ({})],
  ['the bundles that would be deployed', async () => ({ BUNDLES_FROM: await synthesiseInto(folder) })],
])(
  'two devices carry one file, each sees every part of the other, a third one watches, and the object is the file: by %s',
  async (_, environment) => {
    await start(await environment());
    const laptop = await openDevice(0, DESKTOP);
    for (const line of lines) line.carry(WAITING_BYTES_PER_S);
    await chooseFile(laptop.page, 'Choose a file');
    const fragment = await linkOf(laptop.page);
    await watchGrid(laptop.page);

    const wall = await openDevice(2, DESKTOP, fragment);
    await watchGrid(wall.page);
    const phone = await openDevice(1, PHONE, fragment);
    await watchGrid(phone.page);
    await chooseFile(phone.page, 'Choose this file here');
    await expect
      .poll(async () => Object.keys(await carriedBy(laptop.page)), { timeout: 60_000 })
      .toHaveLength(2);
    for (const line of lines) line.carry(LINE_BYTES_PER_S);

    for (const { page } of [laptop, phone, wall]) {
      await toast(page).waitFor({ timeout: 60_000 });
      await untilDone(page, PARTS);
    }

    const carried = await carriedBy(laptop.page);
    expect(Object.values(carried).reduce((sum, parts) => sum + parts, 0)).toBe(PARTS);
    const shares = Object.values(carried).sort((a, b) => a - b);
    expect(shares).toHaveLength(2);
    expect(shares[0]).toBeGreaterThanOrEqual(PARTS / 5);

    const all = Array.from({ length: PARTS }, (_, i) => i + 1);
    for (const { page, problems } of [laptop, phone, wall]) {
      const seen = await seenDone(page);
      expect(seen.at(-1)).toEqual(all);
      // Live, not in one go at the end; and what was done stayed done.
      expect(seen.length).toBeGreaterThan(10);
      for (const [i, parts] of seen.entries())
        expect(parts).toEqual(expect.arrayContaining(seen[i - 1] ?? []));
      expect(await carriedBy(page)).toEqual(carried);
      expect(partsOfRanges((await page.getByTestId('grid').getAttribute('data-leased')) ?? '')).toEqual([]);
      expect(problems).toEqual([]);
    }
    expect(await downloadSha256(laptop.page)).toBe(fileSha256);
  },
);

test('the server is killed in the middle and started again, and both devices finish', async () => {
  await start();
  const laptop = await openDevice(0, DESKTOP);
  await chooseFile(laptop.page, 'Choose a file');
  const phone = await openDevice(1, PHONE, await linkOf(laptop.page));
  await watchGrid(phone.page);
  await chooseFile(phone.page, 'Choose this file here');
  await untilDone(laptop.page, PARTS / 4);

  await server.kill();
  const before = await seenDone(phone.page);
  expect(before.at(-1)?.length).toBeLessThan(PARTS);
  await server.restart();

  for (const { page } of [laptop, phone]) await toast(page).waitFor({ timeout: 90_000 });
  const after = await seenDone(phone.page);
  // Acknowledged means durable: nothing that was shown as done is ever shown undone.
  for (const [i, parts] of after.entries()) expect(parts).toEqual(expect.arrayContaining(after[i - 1] ?? []));
  expect(await downloadSha256(laptop.page)).toBe(fileSha256);
  expect([...laptop.problems, ...phone.problems]).toEqual([]);
});
