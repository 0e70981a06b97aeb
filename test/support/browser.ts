import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type Browser, type BrowserContext, chromium, devices, type Page } from 'playwright-core';

/** A real Chromium. Quiet: nothing of it asks for a network that is not there. */
export function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  return chromium.launch(launchOptions(flags));
}

/** One that keeps its profile in this folder, and may be killed. */
export interface ProfileBrowser {
  context: BrowserContext;
  /** SIGKILL: nothing of the browser runs any more, nothing is written. */
  kill(): Promise<void>;
}

export async function launchProfile(folder: string): Promise<ProfileBrowser> {
  const context = await chromium.launchPersistentContext(folder, { ...launchOptions(), ...DESKTOP });
  const session = await context.browser()?.newBrowserCDPSession();
  const { processInfo = [] } = (await session?.send('SystemInfo.getProcessInfo')) ?? {};
  const pid = processInfo.find(({ type }) => type === 'browser')?.id;
  if (!pid) throw new Error('expected the browser to tell its process id');
  let isKilled = false;
  return {
    context,
    async kill() {
      if (isKilled) return;
      isKilled = true;
      const closed = new Promise((resolve) => context.once('close', resolve));
      process.kill(pid, 'SIGKILL');
      await closed;
    },
  };
}

function launchOptions(flags: readonly string[] = []) {
  const executablePath = process.env.CHROME_PATH;
  if (!executablePath)
    throw new Error('CHROME_PATH is not set; run the tests by npm test, which finds a Chromium');
  return {
    executablePath,
    args: [
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...flags,
    ],
    chromiumSandbox: process.getuid?.() !== 0,
  };
}

export const DESKTOP = { viewport: { width: 1_280, height: 800 } };
export const PHONE = { ...devices['Pixel 7'], defaultBrowserType: undefined };

/** A page whose errors fail the test: `problems` has to be empty at the end. */
export async function openPage(
  context: BrowserContext,
  url: string,
): Promise<{ page: Page; problems: string[] }> {
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(url);
  return { page, problems };
}

/** Notes each state of the grid in the page, from now on. */
export async function watchGrid(page: Page): Promise<void> {
  const grid = page.getByTestId('grid');
  await grid.waitFor();
  await grid.evaluate((element) => {
    const seen = [element.getAttribute('data-done') ?? ''];
    Object.assign(window, { seenDone: seen });
    new MutationObserver(() => seen.push(element.getAttribute('data-done') ?? '')).observe(element, {
      attributes: true,
    });
  });
}

/** Every distinct set of done parts that the grid showed, in order. */
export async function seenDone(page: Page): Promise<number[][]> {
  const seen = await page.evaluate(() => (window as unknown as { seenDone: string[] }).seenDone);
  return [...new Set(seen)].map(partsOfRanges);
}

export function partsOfRanges(ranges: string): number[] {
  return ranges
    .split(',')
    .filter((range) => range !== '')
    .flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
}

/** Resolves once the grid of this page shows so many parts done. */
export async function untilDone(page: Page, parts: number): Promise<void> {
  await page.waitForFunction(
    (least) => {
      const done = document.querySelector('[data-testid=grid]')?.getAttribute('data-done') ?? '';
      const count = done
        .split(',')
        .filter(Boolean)
        .reduce((sum, range) => {
          const [first = 0, last = first] = range.split('-').map(Number);
          return sum + last - first + 1;
        }, 0);
      return count >= least;
    },
    parts,
    { timeout: 60_000 },
  );
}

/** SHA-256 (hex) of what the page's Download gives. */
export async function objectSha256(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ]);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(await download.path())) hash.update(chunk);
  return hash.digest('hex');
}
