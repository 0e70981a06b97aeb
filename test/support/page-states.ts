import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openPage, PHONE } from './browser.ts';
import type { StartedServer } from './started-server.ts';
import { makeUplink } from './uplink.ts';

const MIB = 1_048_576;

/** The devices that take part; what they say of themselves becomes their name. */
const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const LAPTOP = {
  viewport: { width: 1_280, height: 800 },
  userAgent: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${CHROME}`,
};
const OFFICE_PC = {
  viewport: { width: 1_280, height: 800 },
  userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Edg/140.0.0.0`,
};
const SMALL_PHONE = { ...PHONE, viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };

/** Every state that the page can be in, each designed for itself. */
export const STATE_NAMES = [
  'start',
  'broken-link',
  'opening',
  'refused',
  'old-page',
  'joining',
  'wrong-file',
  'watching',
  'working',
  'helping',
  'parts-table',
  'ending',
  'offline',
  'reconnecting',
  'needs-file',
  'uploads',
  'finished',
  'finished-phone',
  'aborted',
] as const;
export type StateName = (typeof STATE_NAMES)[number];

export interface VisitOptions {
  browser: Browser;
  server: StartedServer;
  fileMib: number;
  /** What the three lines carry while the upload is looked at. */
  linesMibPerS: readonly [number, number, number];
  /** How far it is to be when the work is looked at, 0 to 1. */
  shareDone: number;
  visit(name: StateName, page: Page): Promise<void>;
}

/** Leads real browsers and a real server into each state, and stays there for as long as the visit takes. */
export async function visitStates(options: VisitOptions): Promise<{ problems: string[] }> {
  const { browser, server, visit } = options;
  const folder = await mkdtemp(join(tmpdir(), 'tributary-states-'));
  const film = join(folder, 'wedding, first cut.mov');
  const other = join(folder, 'wedding, small.mov');
  await writeFile(film, '');
  await truncate(film, options.fileMib * MIB);
  await writeFile(other, 'the phone made a smaller copy of it');
  const notes = ['notes.txt', 'list of guests.txt', 'seating plan.txt'].map((name) => join(folder, name));
  for (const path of notes) await writeFile(path, path);
  // The last one is of a device that takes part in nothing.
  const rates = [...options.linesMibPerS, 1];
  const lines = await Promise.all(rates.map((mib) => makeUplink(server.port, mib * MIB)));
  const contexts: BrowserContext[] = [];
  const problems: string[] = [];

  const newContext = async (device: object) => {
    const context = await browser.newContext(device);
    contexts.push(context);
    return context;
  };
  const open = async (context: BrowserContext, line: number, hash = '') => {
    const opened = await openPage(context, `${lines[line]?.origin}/${hash}`);
    opened.page.on('close', () => problems.push(...opened.problems));
    return opened.page;
  };
  const carried = (page: Page, share: number) =>
    page.waitForFunction((least) => {
      const value = document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow');
      return Number(value) >= least * 100;
    }, share);

  try {
    const laptop = await open(await newContext(LAPTOP), 0);
    await laptop.getByLabel('Choose a file').waitFor({ state: 'attached' });
    await visit('start', laptop);

    const cut = await open(await newContext(SMALL_PHONE), 1, '#cut-off');
    await cut.getByText('not whole').waitFor();
    await visit('broken-link', cut);
    await cut.goto('about:blank');
    await cut.goto(`${lines[1]?.origin}/#${'x'.repeat(22)}`);
    await cut.getByRole('heading', { name: 'This link does not open an upload' }).waitFor();
    await visit('refused', cut);
    await cut.close();

    const late = await (await newContext(SMALL_PHONE)).newPage();
    await late.routeWebSocket(/\/ws$/, () => {});
    await late.goto(`${lines[1]?.origin}/#${'x'.repeat(22)}`);
    await late.getByText('The server cannot be reached').waitFor();
    await visit('opening', late);
    await late.close();

    const old = await (await newContext(LAPTOP)).newPage();
    await old.routeWebSocket(/\/ws$/, (socket) =>
      socket.onMessage((message) => {
        const { id } = JSON.parse(String(message)) as { id: number };
        const error = { kind: 'wrong-version', message: 'This server speaks another version.' };
        socket.send(JSON.stringify({ type: 'error', re: id, error }));
      }),
    );
    await old.goto(`${lines[1]?.origin}/`);
    await old.getByRole('heading', { name: 'This page is older' }).waitFor();
    await visit('old-page', old);
    await old.close();

    // One after the other: two are done, the film has the line, and the last one waits for it.
    const [first = '', second = '', last = ''] = notes;
    await laptop.getByLabel('Choose a file').setInputFiles([first, second, film, last]);
    const rows = laptop.getByRole('list', { name: 'Your uploads' });
    await rows.getByText('complete', { exact: true }).nth(1).waitFor();
    await rows.getByText('/s, ').waitFor();
    await rows.getByText('waits for its turn').waitFor();
    await visit('uploads', laptop);
    await rows.getByRole('link', { name: basename(film) }).click();
    const { hash } = new URL(laptop.url());
    const watchLink = new URL(await laptop.getByLabel('Link to watch only').inputValue());

    const phoneContext = await newContext(SMALL_PHONE);
    const phone = await open(phoneContext, 1, hash);
    await phone.getByRole('button', { name: 'Just watch' }).waitFor();
    await visit('joining', phone);
    await phone.getByLabel('Choose this file here').setInputFiles(other);
    await phone.getByText('This is not the same file').waitFor();
    await visit('wrong-file', phone);
    await phone.getByLabel('Choose this file here').setInputFiles(film);

    const pc = await open(await newContext(OFFICE_PC), 2, hash);
    await pc.getByLabel('Choose this file here').setInputFiles(film);
    const wall = await open(await newContext(SMALL_PHONE), 0, watchLink.hash);
    await wall.getByText('You are watching. This link').waitFor();

    await carried(laptop, options.shareDone);
    await visit('working', laptop);
    await visit('helping', phone);
    await visit('watching', wall);
    // What follows looks at an upload that goes on; it must not be through before.
    for (const line of lines) line.carry(MIB);

    await laptop.getByRole('button', { name: 'Show as a table' }).click();
    await laptop.getByRole('dialog').getByRole('row').nth(5).waitFor();
    await visit('parts-table', laptop);
    await laptop.keyboard.press('Escape');
    await laptop.getByRole('button', { name: 'End this upload' }).click();
    await laptop.getByRole('alertdialog').waitFor();
    await visit('ending', laptop);
    await laptop.getByRole('button', { name: 'Keep it' }).click();
    await laptop.getByRole('alertdialog').waitFor({ state: 'detached' });

    lines[1]?.cut();
    await phone.getByText('The server cannot be reached').first().waitFor();
    await visit('reconnecting', phone);
    await phoneContext.setOffline(true);
    await phone.getByText('This device is offline').first().waitFor();
    await visit('offline', phone);
    lines[1]?.mend();
    await phoneContext.setOffline(false);
    await phone.getByText('This device is uploading').waitFor();

    const aside = await open(await newContext(OFFICE_PC), 3);
    await aside.getByLabel('Choose a file').setInputFiles(film);
    await aside.getByText('This device is uploading').waitFor();
    await aside.reload();
    await aside.getByLabel('Choose this file here').waitFor({ state: 'attached' });
    await visit('needs-file', aside);
    await aside.getByRole('button', { name: 'End this upload' }).click();
    await aside.getByRole('button', { name: 'Yes, delete it' }).click();
    await aside.getByText('ended by its owner').first().waitFor();
    await visit('aborted', aside);
    await aside.close();

    for (const line of lines) line.carry(1_000 * MIB);
    for (const page of [laptop, phone]) {
      await page.getByRole('heading', { name: 'Complete' }).waitFor({ timeout: 90_000 });
      await page.getByTestId('carried').waitFor();
    }
    await visit('finished', laptop);
    await visit('finished-phone', phone);
    return { problems };
  } finally {
    for (const context of contexts) await context.close();
    for (const line of lines) await line.close();
    await rm(folder, { recursive: true, force: true });
  }
}
