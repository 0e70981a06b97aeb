import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openPage } from './browser.ts';
import { LAPTOP, OFFICE_PC, SMALL_PHONE } from './page-devices.ts';
import type { StateName } from './page-state-names.ts';
import { visitWithoutUpload } from './page-states-without-upload.ts';
import type { StartedServer } from './started-server.ts';
import { makeUplink } from './uplink.ts';

const MIB = 1_048_576;

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
    const laptopContext = await newContext(LAPTOP);
    const laptop = await open(laptopContext, 0);
    await laptop.getByLabel('Choose a file').waitFor({ state: 'attached' });
    await visit('start', laptop);

    await visitWithoutUpload({ newContext, server, note: notes[0] ?? '', visit });

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

    const links = laptop.getByRole('group').filter({ hasText: 'Make a link' });
    await laptop.getByText('Links', { exact: true }).click();
    await links.getByLabel('Name, for you').fill('kitchen tablet');
    await links.getByLabel('At most, in GB').fill('2');
    await links.getByRole('button', { name: 'Make a link' }).click();
    const given = new URL(await links.getByRole('textbox', { name: 'The new link' }).inputValue());
    const tablet = await open(await newContext(SMALL_PHONE), 3, given.hash);
    await tablet.getByRole('button', { name: 'Just watch' }).waitFor();
    await links.getByText(/kitchen tablet.*opened by/s).waitFor();
    await visit('links', laptop);
    await links.getByRole('button', { name: 'Take back kitchen tablet' }).click();
    await links.getByRole('button', { name: 'Yes, take it back' }).click();
    await tablet.getByRole('heading', { name: 'This link was taken back' }).waitFor();
    await visit('taken-back', tablet);
    await links.getByText(/to help · taken back/).waitFor();
    await visit('links-after', laptop);
    await tablet.close();
    await laptop.getByText('Links', { exact: true }).click();

    await laptop.getByRole('button', { name: 'Pause for all devices' }).click();
    await laptop.getByText('You have paused this upload').waitFor();
    await phone.getByText('Paused for all devices by the owner').waitFor();
    await visit('paused-for-all', laptop);
    await visit('paused-by-owner', phone);
    await laptop.getByRole('button', { name: 'Go on for all devices' }).click();
    await phone.getByText('This device is uploading').waitFor();
    await phone.getByRole('button', { name: 'Pause this device' }).click();
    await phone.getByText('Paused on this device').waitFor();
    await visit('paused', phone);
    await phone.getByRole('button', { name: 'Go on', exact: true }).click();
    await phone.getByText('This device is uploading').waitFor();
    await phone.getByRole('button', { name: 'Limit this device' }).click();
    await phone.getByRole('dialog').getByLabel('Speed, at most').fill('20');
    await visit('limits', phone);
    await phone.keyboard.press('Escape');
    await phone.getByRole('dialog').waitFor({ state: 'detached' });

    const twin = await open(laptopContext, 0, hash);
    await twin.getByText('Another tab of this browser').waitFor();
    await visit('other-tab', twin);
    await twin.close();

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
