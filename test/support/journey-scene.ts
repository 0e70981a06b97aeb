import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium, openPage } from './browser.ts';
import { type StartedServer, startServerProcess } from './started-server.ts';
import { makeUplink, type Uplink } from './uplink.ts';

export const MIB = 1_048_576;
const LINE_BYTES_PER_S = 6 * MIB;

/** How a page is shown: its size, its language and what a browser tells of its device. */
export type Screen = Parameters<Browser['newContext']>[0];

/** A server, a line to it whose speed is set, a browser, and files to choose: for whoever goes through the page as people do. */
export interface JourneyScene {
  server: StartedServer;
  /** Carries 6 MiB a second at the start of each test. */
  line: Uplink;
  /** Paths of files of 60 and of 240 MiB. */
  film: string;
  long: string;
  /** Paths of small files: one.txt, two.txt, three.txt. */
  paths(...names: string[]): string[];
  /** Closed when the test is over. */
  newContext(screen: Screen): Promise<BrowserContext>;
  /** The page as somebody who has nothing of it yet opens it, once there is something to see. */
  openAt(origin: string, screen: Screen, hash?: string): Promise<Page>;
  /** After each test. */
  tidy(): Promise<void>;
  dispose(): Promise<void>;
}

export async function makeJourneyScene(): Promise<JourneyScene> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-journeys-'));
  const film = join(folder, 'film.mov');
  await writeFile(film, '');
  await truncate(film, 60 * MIB);
  const long = join(folder, 'long.mov');
  await writeFile(long, '');
  await truncate(long, 240 * MIB);
  for (const name of ['one.txt', 'two.txt', 'three.txt']) await writeFile(join(folder, name), name);
  const browser = await launchChromium();
  const server = await startServerProcess();
  const line = await makeUplink(server.port, LINE_BYTES_PER_S);
  const contexts: BrowserContext[] = [];

  const newContext = async (screen: Screen) => {
    const context = await browser.newContext(screen);
    contexts.push(context);
    return context;
  };

  return {
    server,
    line,
    film,
    long,
    paths: (...names) => names.map((name) => join(folder, name)),
    newContext,
    async openAt(origin, screen, hash = '') {
      const { page } = await openPage(await newContext(screen), `${origin}/${hash}`);
      // Nobody drops or pastes anything before there is a page to see.
      await page.getByRole('link', { name: 'Tributary' }).waitFor();
      return page;
    },
    async tidy() {
      for (const context of contexts.splice(0)) await context.close();
      line.carry(LINE_BYTES_PER_S);
    },
    async dispose() {
      await browser.close();
      await line.close();
      await server.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The address bar has the link at once; the board is there once the server has the upload, and can let others in. */
export async function begun(page: Page): Promise<void> {
  await page.waitForURL(/#[A-Za-z0-9_-]{22}$/);
  await page.getByTestId('grid').waitFor();
}
