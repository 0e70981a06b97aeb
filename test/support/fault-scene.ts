import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { launchProfile, objectSha256, type ProfileBrowser, untilDone } from './browser.ts';
import { type FaultLine, makeFaultLine, tallied } from './fault-line.ts';
import { type StartedServer, startServerProcess } from './started-server.ts';

const MIB = 1_048_576;
const PART_MIB = 5;
const NAME = 'holiday film.mov';

/** One browser that keeps its profile, one upload of a file that it may read again, and a line on which things happen. */
export interface FaultScene {
  server: StartedServer;
  line: FaultLine;
  partCount: number;
  page(): Page;
  /** Opens the page, picks the file, and resolves once so many parts are done. */
  begin(untilDone: number): Promise<void>;
  /** Resolves once the grid shows so many parts done. */
  untilDone(parts: number): Promise<void>;
  /** The upload's page, as its own link opens it, in a tab of its own. */
  openAgain(): Promise<void>;
  /** Its process ends as by a crash. */
  killTab(): Promise<void>;
  /** SIGKILL, and the same profile in a new browser. */
  killBrowser(): Promise<void>;
  restartBrowser(): Promise<void>;
  /** From now on, what the page says of how far it is; the answer gives all of it, in per cent. */
  watchProgress(): Promise<() => Promise<number[]>>;
  /** Waits for the end and checks the object, byte for byte. */
  finish(withinMs: number): Promise<void>;
  /**
   * Checks by what the store saw that it has every part, that what was sent more than once was on its way when the page
   * ended (`onItsWay`), and that nothing else was.
   */
  expectOnlySentAgain(onItsWay: readonly number[]): void;
  dispose(): Promise<void>;
}

export async function makeFaultScene(fileMib: number, mibPerS: number): Promise<FaultScene> {
  const profile = await mkdtemp(join(tmpdir(), 'tributary-profile-'));
  const server = await startServerProcess();
  const line = await makeFaultLine(server.port, mibPerS * MIB);
  const partCount = Math.ceil(fileMib / PART_MIB);
  let browser: ProfileBrowser = await launchProfile(profile);
  let page = await openTab(browser);
  await page.goto(`${line.origin}/healthz`);
  const fileSha256 = await page.evaluate(writeFile, { name: NAME, mib: fileMib });
  let link = '';

  async function openTab(of: ProfileBrowser): Promise<Page> {
    const tab = await of.context.newPage();
    await tab.addInitScript(pickFrom, NAME);
    tab.setDefaultTimeout(60_000);
    return tab;
  }

  return {
    server,
    line,
    partCount,
    page: () => page,
    async begin(parts) {
      await page.goto(line.origin);
      await page.getByLabel('Choose a file').dispatchEvent('click');
      await page.waitForURL(/#[A-Za-z0-9_-]{22}$/);
      link = page.url();
      await untilDone(page, parts);
    },
    untilDone: (parts) => untilDone(page, parts),
    async openAgain() {
      page = await openTab(browser);
      await page.goto(link);
    },
    async killTab() {
      const session = await page.context().newCDPSession(page);
      const crashed = page.waitForEvent('crash');
      // The command has no answer: whoever would give it is gone.
      void session.send('Page.crash').catch(() => {});
      await crashed;
    },
    killBrowser: () => browser.kill(),
    async restartBrowser() {
      browser = await launchProfile(profile);
      page = await openTab(browser);
      await page.goto(link);
    },
    async watchProgress() {
      const bar = page.getByRole('progressbar');
      await bar.first().evaluate((element) => {
        const seen = [Number(element.getAttribute('aria-valuenow'))];
        Object.assign(window, { seenProgress: seen });
        new MutationObserver(() => seen.push(Number(element.getAttribute('aria-valuenow')))).observe(
          element,
          {
            attributes: true,
          },
        );
      });
      return () => page.evaluate(() => (window as unknown as { seenProgress: number[] }).seenProgress);
    },
    async finish(withinMs) {
      await page.getByText(`${NAME} is complete.`).waitFor({ timeout: withinMs });
      // The grid tells in words and numbers a moment after the toast: ten times a second at most.
      await untilDone(page, partCount);
      expect(await objectSha256(page)).toBe(fileSha256);
    },
    expectOnlySentAgain(onItsWay) {
      const { missing, sentAgain, storedAgain } = tallied(line.parts, partCount);
      say({
        parts: partCount,
        onItsWay: onItsWay.length,
        sentAgain: sentAgain.length,
        storedAgain: storedAgain.length,
      });
      expect(missing).toEqual([]);
      expect(onItsWay).toEqual(expect.arrayContaining(sentAgain));
      expect(onItsWay).toEqual(expect.arrayContaining(storedAgain));
      expect(sentAgain.length).toBeLessThanOrEqual(onItsWay.length);
    },
    async dispose() {
      await browser.kill();
      await line.close();
      await server.dispose();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What was counted, for whoever runs the faults to write it down. */
export function say(counts: Record<string, number>): void {
  if (process.env.SAY_COUNTS) console.info(`${expect.getState().currentTestName}: ${JSON.stringify(counts)}`);
}

/**
 * In the page: a file of random bytes where a page may keep files of its own (OPFS), and its SHA-256. Its handle is as
 * real as one of a file on the disk, and needs no person to allow it.
 */
async function writeFile({ name, mib }: { name: string; mib: number }): Promise<string> {
  const root = await navigator.storage.getDirectory();
  const handle = await root.getFileHandle(name, { create: true });
  const to = await handle.createWritable();
  for (let i = 0; i < mib * 16; i++) await to.write(crypto.getRandomValues(new Uint8Array(65_536)));
  await to.close();
  const bytes = await (await handle.getFile()).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** In the page: stands for the person at the browser's picker. */
function pickFrom(name: string): void {
  Object.assign(window, {
    async showOpenFilePicker() {
      const root = await navigator.storage.getDirectory();
      return [await root.getFileHandle(name)];
    },
  });
}
