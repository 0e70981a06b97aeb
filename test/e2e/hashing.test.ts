import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instanceKey, withKey } from '../../infra/local/instance-key.ts';
import { launchChromium, openPage } from '../support/browser.ts';
import { pageScript } from '../support/page-script.ts';
import { type StartedServer, startServerProcess } from '../support/started-server.ts';

const MIB = 1_048_576;
/** A name for this machine by which a page is no secure context, as over plain http on a LAN. */
const LAN_NAME = 'tributary.test';

let browser: Browser;
let server: StartedServer;
let script: string;

beforeAll(async () => {
  browser = await launchChromium([`--host-resolver-rules=MAP ${LAN_NAME} 127.0.0.1`]);
  server = await startServerProcess({ ALLOWED_HOSTS: LAN_NAME });
  script = await pageScript(fileURLToPath(new URL('../support/hashing-in-page.ts', import.meta.url)));
});
afterAll(async () => {
  await browser.close();
  await server.dispose();
});

describe.each([
  { at: 'a secure context', host: 'localhost', native: true },
  { at: 'plain http on a LAN', host: LAN_NAME, native: false },
])('at $at', ({ host, native }) => {
  test('a part is hashed, from memory and as a stream, to what Node makes of the same bytes', async () => {
    const context = await browser.newContext();
    const { page } = await openPage(context, `http://${host}:${server.port}`);
    expect(
      await page.evaluate(() => [isSecureContext, 'subtle' in crypto && crypto.subtle !== undefined]),
    ).toEqual([native, native]);
    // Evaluated by the driver: the page's own policy allows no script but the server's.
    await page.evaluate(script);
    for (const sizeBytes of [0, 1, 5 * MIB + 1]) {
      const seed = randomBytes(1).readUInt8();
      const bytes = Uint8Array.from({ length: sizeBytes }, (_, i) => (i * seed) % 251);
      const expected = createHash('sha256').update(bytes).digest('base64');
      const hashes = await page.evaluate(
        ([size, by]) => window.hashInPage(size ?? 0, by ?? 0),
        [sizeBytes, seed],
      );
      expect(hashes).toEqual({ fromMemory: expected, asStream: expected });
    }
    await context.close();
  });

  test('a file is uploaded with the hash of every part, and the object is the file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tributary-hashing-'));
    const bytes = randomBytes(23 * MIB);
    await writeFile(join(folder, 'notes.bin'), bytes);
    const context = await browser.newContext({ acceptDownloads: true });
    const { page, problems } = await openPage(
      context,
      withKey(`http://${host}:${server.port}`, await instanceKey(server.dataFolder)),
    );
    await page.getByLabel('Choose a file').setInputFiles(join(folder, 'notes.bin'));
    await page.getByText('notes.bin is complete.').first().waitFor({ timeout: 60_000 });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    const hash = createHash('sha256');
    for await (const chunk of await download.createReadStream()) hash.update(chunk);
    expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(problems).toEqual([]);
    await context.close();
    await rm(folder, { recursive: true, force: true });
  });
});

test.each([
  { what: 'the code that carries', chunk: /carrying-/ },
  { what: 'a worker’s own code', chunk: /part-worker-/ },
  { what: 'what a worker hashes with', chunk: /index\.esm-/ },
])(
  '$what did not load while the server was away: it is loaded again, and nobody blames the file',
  async ({ chunk }) => {
    const folder = await mkdtemp(join(tmpdir(), 'tributary-hashing-'));
    await writeFile(join(folder, 'notes.bin'), randomBytes(7 * MIB));
    const context = await browser.newContext();
    let turnedAway = 0;
    let isAway = true;
    await context.route(chunk, (route) => {
      if (!isAway) return route.continue();
      turnedAway += 1;
      return route.abort();
    });
    // Where there is no secure context, nothing is kept by a service worker either.
    const origin = withKey(`http://${LAN_NAME}:${server.port}`, await instanceKey(server.dataFolder));
    const { page } = await openPage(context, origin);
    await page.getByLabel('Choose a file').setInputFiles(join(folder, 'notes.bin'));
    await expect.poll(() => turnedAway, { timeout: 20_000 }).toBeGreaterThan(0);
    isAway = false;
    await page.getByText('notes.bin is complete.').first().waitFor({ timeout: 60_000 });
    await context.close();
    await rm(folder, { recursive: true, force: true });
  },
);
