import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { stripeToWire } from '../../protocol/messages/board.ts';
import { DESKTOP, launchChromium, openPage, PHONE } from '../support/browser.ts';
import { createUpload, device, newSecrets } from '../support/client.ts';
import { type StartedServer, startServerProcess } from '../support/started-server.ts';
import { makeUplink, type Uplink } from '../support/uplink.ts';

const MIB = 1_048_576;

let folder: string;
let film: string;
let long: string;
let browser: Browser;
let server: StartedServer;
let line: Uplink;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-journeys-'));
  film = join(folder, 'film.mov');
  await writeFile(film, '');
  await truncate(film, 60 * MIB);
  long = join(folder, 'long.mov');
  await writeFile(long, '');
  await truncate(long, 240 * MIB);
  for (const name of ['one.txt', 'two.txt', 'three.txt']) await writeFile(join(folder, name), name);
  browser = await launchChromium();
  server = await startServerProcess();
  line = await makeUplink(server.port, 6 * MIB);
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  line.carry(6 * MIB);
});
afterAll(async () => {
  await browser.close();
  await line.close();
  await server.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function openAt(origin: string, device: Parameters<Browser['newContext']>[0], hash = '') {
  const context = await browser.newContext(device);
  contexts.push(context);
  const { page } = await openPage(context, `${origin}/${hash}`);
  // Nobody drops or pastes anything before there is a page to see.
  await page.getByRole('link', { name: 'Tributary' }).waitFor();
  return page;
}

const paths = (...names: string[]) => names.map((name) => join(folder, name));
/** The address bar has the link at once; the board is there once the server has the upload, and can let others in. */
const begun = async (page: Page) => {
  await page.waitForURL(/#[A-Za-z0-9_-]{22}$/);
  await page.getByTestId('grid').waitFor();
};

/** What a drop or a paste brings: files of these names, made in the page. */
function bring(page: Page, how: 'drop' | 'paste', names: string[]): Promise<void> {
  return page.evaluate(
    ([kind, files]) => {
      const data = new DataTransfer();
      for (const name of files) data.items.add(new File([`the bytes of ${name}`], name));
      const event =
        kind === 'paste'
          ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true })
          : new DragEvent('drop', { dataTransfer: data, bubbles: true });
      document.body.dispatchEvent(event);
    },
    [how, names] as const,
  );
}

test('several files go one after the other, each with a board of its own, from a list that says how they stand', async () => {
  const page = await openAt(server.origin, DESKTOP);
  await page.getByLabel('Choose a file').setInputFiles(paths('one.txt', 'two.txt', 'three.txt'));
  const rows = page.getByRole('list', { name: 'Your uploads' }).getByRole('listitem');
  await rows.nth(2).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.upload[data-state=finished]').length === 3);
  await rows.filter({ hasText: 'two.txt' }).getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: 'two.txt' }).waitFor();
  await page.getByRole('heading', { name: 'Complete' }).waitFor();
  await page.getByRole('link', { name: 'Tributary' }).click();
  await rows.filter({ hasText: 'one.txt' }).getByRole('button', { name: 'Remove one.txt' }).click();
  await rows.nth(2).waitFor({ state: 'detached' });
  expect(await rows.allInnerTexts()).toEqual([
    expect.stringContaining('three.txt'),
    expect.stringContaining('two.txt'),
  ]);
});

test('files are dropped and pasted anywhere, and one that is alone is opened at once', async () => {
  const page = await openAt(server.origin, DESKTOP);
  await bring(page, 'paste', ['pasted.txt']);
  await page.getByRole('heading', { level: 1, name: 'pasted.txt' }).waitFor();
  await page.getByRole('button', { name: 'Upload another file' }).click();
  await bring(page, 'drop', ['dropped.txt', 'with it.txt']);
  for (const name of ['pasted.txt', 'dropped.txt', 'with it.txt']) {
    await page.getByRole('link', { name: new RegExp(`^${name}.*complete$`) }).waitFor();
  }
});

test('with the keyboard alone one begins, shows the parts as a table, renames the device and ends the upload', async () => {
  line.carry(MIB);
  const page = await openAt(line.origin, DESKTOP);
  // The browser's own picker is a window that no script can press: the file input is what there is elsewhere.
  await page.addInitScript(() => Object.assign(window, { showOpenFilePicker: undefined }));
  await page.reload();
  const press = async (name: RegExp) => {
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      const label = await page.evaluate(() => {
        const focused = document.activeElement;
        return focused?.getAttribute('aria-label') ?? focused?.textContent ?? '';
      });
      if (name.test(label)) return;
    }
    throw new Error(`expected Tab to reach ${name}`);
  };
  /** What was closed leaves the focus where it was opened. */
  const isBackAt = (name: string) =>
    page.waitForFunction((expected) => {
      const focused = document.activeElement;
      return (focused?.getAttribute('aria-label') ?? focused?.textContent) === expected;
    }, name);
  await press(/^Choose a file/);
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Space')]);
  await chooser.setFiles(film);
  await begun(page);
  // The heading has the focus, so that the next Tab goes on in the new view.
  await page.waitForFunction(() => document.activeElement?.textContent === 'film.mov');
  await press(/^Show as a table$/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('row').first().waitFor();
  await page.keyboard.press('Escape');
  await isBackAt('Show as a table');
  await press(/^Rename this device$/);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.matches('.rename input'));
  await page.keyboard.press('Escape');
  await isBackAt('Rename this device');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.matches('.rename input'));
  await page.keyboard.type('My laptop');
  await page.keyboard.press('Enter');
  await page.getByRole('list', { name: 'Devices' }).getByText('My laptop').waitFor();
  await isBackAt('Rename this device');
  await press(/^Limit this device$/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByLabel('Speed, at most').fill('1000');
  await page.keyboard.press('Enter');
  await isBackAt('Limit this device');
  await press(/^End this upload$/);
  await page.keyboard.press('Enter');
  await page.getByRole('alertdialog').waitFor();
  // What destroys nothing has the focus; the other one is a Shift+Tab away.
  await page.waitForFunction(() => document.activeElement?.textContent === 'Keep it');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByText('This upload was ended by its owner').first().waitFor();
  // The button that opened it has gone with the upload.
  await isBackAt('film.mov');
});

test('a phone sees what it is asked before it is asked, may just watch, and helps after all', async () => {
  line.carry(2 * MIB);
  const laptop = await openAt(line.origin, DESKTOP);
  await laptop.getByLabel('Choose a file').setInputFiles(film);
  await begun(laptop);
  const phone = await openAt(server.origin, PHONE, new URL(laptop.url()).hash);
  await phone.getByRole('heading', { level: 1, name: 'film.mov' }).waitFor();
  await phone.getByText('62.9 MB, from Chrome on Linux').waitFor();
  const answer = phone.getByRole('button', { name: 'Just watch' });
  const box = await answer.boundingBox();
  const height = phone.viewportSize()?.height ?? 0;
  // In one thumb's reach: the lower third.
  expect(box?.y).toBeGreaterThan((height * 2) / 3);
  await answer.click();
  await phone.getByText('You are watching. You can still help').waitFor();
  await phone.getByRole('button', { name: 'Help after all' }).click();
  await phone.getByLabel('Help with this file').setInputFiles(film);
  await phone.getByText('film.mov is complete.').waitFor();
  await phone.getByRole('heading', { name: 'Complete' }).waitFor();
  await phone.getByTestId('carried').waitFor();
});

test('whoever does not see the page is told every tenth and who comes, and the tab says how far it is', async () => {
  line.carry(MIB);
  const laptop = await openAt(line.origin, DESKTOP);
  await laptop.getByLabel('Choose a file').setInputFiles(film);
  await begun(laptop);
  const said = laptop.getByTestId('said');
  await said.waitFor({ state: 'attached' });
  await said.evaluate((region) => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) heard.push(node.textContent ?? '');
    }).observe(region, { childList: true });
  });
  await laptop.waitForFunction(() => /^\d+% film\.mov$/.test(document.title));
  const icon = laptop.locator('link[rel=icon]');
  await laptop.waitForFunction(() =>
    document.querySelector<HTMLLinkElement>('link[rel=icon]')?.href.startsWith('data:image/png'),
  );
  const watcher = await openAt(server.origin, PHONE, new URL(laptop.url()).hash);
  await watcher.getByRole('button', { name: 'Just watch' }).waitFor();
  line.carry(6 * MIB);
  await laptop.getByText('film.mov is complete.').waitFor();
  await laptop.waitForFunction(() => document.title === 'Complete: film.mov');
  const heard = await laptop.evaluate(() => (window as unknown as { heard: string[] }).heard);
  expect(heard).toContain('Chrome on Android has joined');
  const tenths = heard.filter((text) => / uploaded/.test(text)).map((text) => Number.parseInt(text, 10));
  expect(tenths.length).toBeGreaterThan(4);
  for (const [i, tenth] of tenths.entries()) expect(tenth).toBeGreaterThanOrEqual((tenths[i - 1] ?? 0) + 1);
  expect(await icon.getAttribute('href')).toMatch(/^data:image\/png/);
});

test('a link that was taken back is offered no more, now or after a reload, and a new one is a press away', async () => {
  line.carry(MIB);
  const page = await openAt(line.origin, DESKTOP);
  await page.getByLabel('Choose a file').setInputFiles(film);
  await begun(page);
  const offered = page.getByRole('textbox', { name: 'Link for other devices' });
  const first = await offered.inputValue();
  await page.getByText('Links', { exact: true }).click();
  const links = page.getByRole('group').filter({ hasText: 'Make a link' });
  await links.getByRole('button', { name: 'Take back First link to help' }).click();
  // It cuts devices off, so it asks; what destroys nothing has the focus.
  await page.waitForFunction(() => document.activeElement?.textContent === 'Keep it');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.activeElement?.textContent === 'Take back');
  await page.keyboard.press('Enter');
  await links.getByRole('button', { name: 'Yes, take it back' }).click();
  await page.getByRole('status').filter({ hasText: 'First link to help was taken back' }).waitFor();
  await page.waitForFunction(() => document.activeElement?.matches('.links ul'));
  await offered.waitFor({ state: 'detached' });
  await page.reload();
  const again = page.getByRole('button', { name: 'Make a new link to help' });
  await again.click();
  await page.getByRole('status').filter({ hasText: 'New link to help is made' }).waitFor();
  const second = await offered.inputValue();
  expect(second).not.toBe(first);
  await page.reload();
  await page.waitForFunction(
    (link) => [...document.querySelectorAll('input')].some(({ value }) => value === link),
    second,
  );
  await page.getByText('Links', { exact: true }).click();
  await links.getByRole('button', { name: 'Take back New link to help' }).click();
  await links.getByRole('button', { name: 'Yes, take it back' }).click();
  await again.waitFor();
  await offered.waitFor({ state: 'detached' });
});

test('a link that was made here is shown again after a reload, on this browser alone, and forgotten once it is taken back', async () => {
  line.carry(MIB);
  const page = await openAt(line.origin, DESKTOP);
  await page.getByLabel('Choose a file').setInputFiles(film);
  await begun(page);
  const links = page.getByRole('group').filter({ hasText: 'Make a link' });
  await page.getByText('Links', { exact: true }).click();
  await links.getByLabel('Name, for you').fill('kitchen tablet');
  await links.getByRole('button', { name: 'Make a link' }).click();
  const made = await links.getByRole('textbox', { name: 'The new link' }).inputValue();
  await page.reload();
  await page.getByText('Links', { exact: true }).click();
  await links.getByRole('button', { name: 'Show kitchen tablet' }).click();
  expect(await links.getByRole('textbox', { name: 'kitchen tablet' }).inputValue()).toBe(made);
  await links.getByRole('img', { name: 'kitchen tablet' }).waitFor();

  const tab = (await openPage(page.context(), page.url())).page;
  const linksOfTab = tab.getByRole('group').filter({ hasText: 'Make a link' });
  await tab.getByText('Links', { exact: true }).click();
  await linksOfTab.getByLabel('Name, for you').fill('attic');
  await linksOfTab.getByRole('button', { name: 'Make a link' }).click();
  await linksOfTab.getByRole('textbox', { name: 'The new link' }).waitFor();
  // Neither writes over what the other has made.
  await links.getByRole('button', { name: 'Show attic' }).waitFor();
  await links.getByLabel('Name, for you').fill('cellar');
  await links.getByRole('button', { name: 'Make a link' }).click();
  for (const name of ['attic', 'cellar', 'kitchen tablet']) {
    await linksOfTab.getByRole('button', { name: `Show ${name}` }).waitFor();
  }
  await tab.close();

  const remembers = () =>
    page.evaluate(async (secret) => {
      const opening = indexedDB.open('tributary');
      await new Promise((resolve) => opening.addEventListener('success', resolve));
      const all = opening.result.transaction('uploads').objectStore('uploads').getAll();
      await new Promise((resolve) => all.addEventListener('success', resolve));
      opening.result.close();
      return JSON.stringify(all.result).includes(secret);
    }, new URL(made).hash.slice(1));
  expect(await remembers()).toBe(true);
  await links.getByRole('button', { name: 'Take back kitchen tablet' }).click();
  await links.getByRole('button', { name: 'Yes, take it back' }).click();
  await links.getByText('to help · taken back').waitFor();
  expect(await links.getByRole('textbox', { name: 'kitchen tablet' }).count()).toBe(0);
  await expect.poll(remembers).toBe(false);
});

test.each([
  ['a desktop', { viewport: { width: 1_280, height: 1_800 } }],
  ['a phone', { ...PHONE, viewport: { width: 412, height: 2_400 } }],
])('nothing below the chart moves when its code comes late, on %s', async (_, screen) => {
  line.carry(MIB);
  const laptop = await openAt(line.origin, DESKTOP);
  await laptop.getByLabel('Choose a file').setInputFiles(film);
  await begun(laptop);
  const context = await browser.newContext(screen);
  contexts.push(context);
  let letIn = () => {};
  const late = new Promise<void>((resolve) => {
    letIn = resolve;
  });
  await context.route(/\/throughput-chart-.*\.js$/, async (route) => {
    await late;
    await route.continue();
  });
  const { page } = await openPage(context, laptop.url());
  await page.getByRole('button', { name: 'Just watch' }).waitFor();
  await page.locator('.chart').waitFor();
  const before = await topOf(page, 'section.devices');
  letIn();
  await page.getByTestId('chart').waitFor({ state: 'attached' });
  expect(await topOf(page, 'section.devices')).toBe(before);
});

/** Fifty MiB on a wall, carried by a laptop of which nothing is heard until it says its speed and what is done. */
async function watchedOnAWall(screen: Parameters<Browser['newContext']>[0]) {
  const context = await browser.newContext(screen);
  contexts.push(context);
  await context.addInitScript(() =>
    Object.defineProperty(Notification, 'permission', { get: () => 'default' }),
  );
  const upload = 'u'.repeat(22);
  const held = { device: 1, parts: 3n, untilMs: Date.now() + 600_000 };
  const stripe = { s: 0, rev: 1, known: 1_023n, done: 0n, credits: [], leases: [held] };
  const board = {
    ...{ type: 'board', upload, role: 'watcher', device: 2, partBytes: 5 * MIB, proven: false },
    file: { name: 'small.mov', sizeBytes: 50 * MIB, type: '' },
    createdAtMs: Date.now(),
    expiresAtMs: Date.now() + 86_400_000,
    state: { state: 'open' },
    stripes: [stripeToWire(stripe)],
    devices: [
      { number: 1, name: 'Laptop', role: 'owner', online: true },
      { number: 2, name: 'Wall', role: 'watcher', online: true },
    ],
  };
  let said: (() => object) | undefined;
  await context.routeWebSocket(/\/ws$/, (socket) => {
    const send = (message: object) => socket.send(JSON.stringify(message));
    socket.onMessage((frame) => {
      const { id: re, type } = JSON.parse(String(frame));
      if (type === 'hello') send({ type: 'welcome', re, serverNowMs: Date.now() });
      else if (type === 'join') send({ ...board, re });
      else send({ type: 'ok', re });
    });
    const timer = setInterval(() => {
      if (said) send({ type: 'stripes', upload, ...said() });
    }, 250);
    socket.onClose(() => clearInterval(timer));
  });
  const { page } = await openPage(context, `${server.origin}/#${'s'.repeat(22)}`);
  await page.getByText('You are watching').first().waitFor();
  await page.getByTestId('chart').waitFor({ state: 'attached' });
  return {
    page,
    /** … and, each time that it says so, that of eight parts one more is done. */
    say(rateBps: number, isDelivering = false) {
      const by = { device: 1, rateBps };
      let rev = 1;
      const more = () => {
        rev += 1;
        const done = (1n << BigInt(Math.min(8, rev - 1))) - 1n;
        return stripeToWire({ ...stripe, rev, done, leases: [{ ...held, parts: 512n }] });
      };
      said = () => ({ stripes: isDelivering ? [more()] : [], by });
    },
  };
}

/** Where something on the page begins. */
const topOf = (page: Page, selector: string) =>
  page
    .locator(selector)
    .evaluate((element) => element.getBoundingClientRect().top + document.documentElement.scrollTop);

test.each([
  ['a desktop', DESKTOP],
  ['a phone', PHONE],
])(
  'the chart says no speed before there is one, and nothing moves when there is, on %s',
  async (_, screen) => {
    const { page, say } = await watchedOnAWall(screen);
    const chart = page.locator('section.chart');
    expect(await chart.textContent()).toBe('Speed over time');
    expect(await chart.getByRole('img').getAttribute('aria-label')).toBe('Speed over time');
    const tops = () =>
      Promise.all(['section.devices', '.chart-field'].map((selector) => topOf(page, selector)));
    const before = await tops();
    say(5_000_000, true);
    await chart.getByText(/^Over .*[1-9].* Mbit\/s on average, .* at most$/).waitFor();
    expect(await tops()).toEqual(before);
  },
);

test('whoever watches something small that takes long is offered to be told of its end, and nothing moves for it', async () => {
  const { page, say } = await watchedOnAWall(DESKTOP);
  const before = await topOf(page, '[data-testid=grid]');
  const offer = page.getByRole('button', { name: 'Tell me when it is done' });
  expect(await offer.isVisible()).toBe(false);
  say(100_000);
  await offer.waitFor();
  expect(await topOf(page, '[data-testid=grid]')).toBe(before);
});

test('nothing moves on the page while it works, nor when it is done', async () => {
  line.carry(4 * MIB);
  // All of it in view: what is not does not count.
  const page = await openAt(line.origin, { viewport: { width: 1_280, height: 1_800 } });
  await page.getByLabel('Choose a file').setInputFiles(film);
  await begun(page);
  await page.waitForFunction(() => {
    const value = document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow');
    return Number(value) >= 10;
  });
  await page.evaluate(() => {
    const shifts: string[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, sources } = entry as PerformanceEntry & {
          value: number;
          sources: Array<{ node?: Node }>;
        };
        // What is said in passing lies over the page, one above the other.
        const isPassing = (node?: Node) => node instanceof Element && node.closest('.toasts') !== null;
        if (sources.every(({ node }) => isPassing(node))) continue;
        const moved = sources.map(({ node }) => `${node?.parentElement?.className} ${node?.textContent}`);
        shifts.push(`${value}: ${moved.join(', ')}`);
      }
    }).observe({ type: 'layout-shift' });
  });
  const helper = await openAt(server.origin, PHONE, new URL(page.url()).hash);
  await helper.getByLabel('Help with this file').setInputFiles(film);
  await page.waitForFunction(() => {
    const value = document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow');
    return Number(value) >= 90;
  });
  await page.getByRole('button', { name: 'Download' }).waitFor();
  await page.getByTestId('carried').waitFor();
  expect(await page.evaluate(() => (window as unknown as { shifts: string[] }).shifts)).toEqual([]);
});

test('the language is the browser’s, may be changed, and stays so; the numbers are those of the language', async () => {
  const page = await openAt(server.origin, { ...DESKTOP, locale: 'de-DE' });
  await page.getByLabel('Datei auswählen').setInputFiles(film);
  await begun(page);
  await page.getByText(/62,9\sMB, dein Upload/).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
  await page.getByLabel('Sprache').selectOption('es');
  await page.getByText(/62,9\sMB, tu subida/).waitFor();
  await page.reload();
  await page.getByText(/62,9\sMB, tu subida/).waitFor();
});

test('without a network the installed page still opens, and no upload ever passes the service worker', async () => {
  const page = await openAt(server.origin, DESKTOP);
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated');
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const answered: string[] = [];
  page.on('response', (response) => {
    if (response.fromServiceWorker()) answered.push(new URL(response.url()).pathname);
  });
  await page.getByLabel('Choose a file').setInputFiles(paths('one.txt'));
  await page.getByRole('heading', { name: 'Complete' }).waitFor();
  expect(answered.filter((path) => /^\/(s3|ws|config|address)/.test(path))).toEqual([]);
  await page.goto(`${server.origin}/`);
  await page.context().setOffline(true);
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Tributary' }).waitFor();
  await page.getByLabel('Choose a file').waitFor({ state: 'attached' });
});

test('a link that is opened a moment before its upload is made says so, and then opens by itself', async () => {
  const secrets = newSecrets();
  const page = await openAt(server.origin, PHONE, `#${secrets.help}`);
  await page.getByRole('heading', { name: 'This link does not open an upload' }).waitFor();
  const owner = await device(server.origin);
  await createUpload(owner, Buffer.alloc(100), secrets, 'just made.txt');
  await page.getByRole('heading', { level: 1, name: 'just made.txt' }).waitFor();
  owner.close();
});

test.for([
  ['en-GB', 'Choose a file', 'The disk of the server is full. What is uploaded is kept'],
  ['de-DE', 'Datei auswählen', 'Die Festplatte des Servers ist voll. Was hochgeladen ist, bleibt erhalten'],
  ['es-ES', 'Elegir un archivo', 'El disco del servidor está lleno. Lo subido se conserva'],
] as const)(
  'a server that has no room for a new upload is told of in %s, and it begins once there is some',
  async ([locale, choose, words]) => {
    const context = await browser.newContext({ ...DESKTOP, locale });
    let isFull = true;
    await context.routeWebSocket(/\/ws$/, (socket) => {
      const behind = socket.connectToServer();
      socket.onMessage((frame) => {
        const { type, id } = JSON.parse(String(frame));
        if (type !== 'create' || !isFull) return behind.send(frame);
        const error = { kind: 'store-full', message: 'The disk of the server is full.', minBackoffMs: 100 };
        socket.send(JSON.stringify({ type: 'error', re: id, error }));
      });
    });
    const { page } = await openPage(context, `${server.origin}/`);
    await page
      .getByLabel(choose)
      .setInputFiles({ name: 'film.mov', mimeType: '', buffer: Buffer.alloc(100) });
    await page.getByRole('status').filter({ hasText: words }).waitFor();
    isFull = false;
    await page.getByRole('heading', { level: 1, name: 'film.mov' }).waitFor();
    await context.close();
  },
);

test('a file that another app shares with the installed page begins as an upload', async () => {
  const page = await openAt(server.origin, DESKTOP);
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated');
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  // What the system's share sheet does: a form sent to the manifest's share target, by nobody's page.
  await page.goto('about:blank');
  await page.evaluate((action) => {
    const form = document.createElement('form');
    form.method = 'post';
    form.enctype = 'multipart/form-data';
    form.action = action;
    const input = document.createElement('input');
    input.type = 'file';
    input.name = 'file';
    const data = new DataTransfer();
    data.items.add(new File(['from the gallery'], 'shared.jpg'));
    input.files = data.files;
    form.append(input);
    document.body.append(form);
    form.submit();
  }, `${server.origin}/share-target`);
  await page.getByRole('heading', { level: 1, name: 'shared.jpg' }).waitFor();
  await page.getByRole('heading', { name: 'Complete' }).waitFor();
});

test('when nobody looks at the page the system says that it is done, once that was wanted', async () => {
  line.carry(MIB / 2);
  const page = await openAt(line.origin, DESKTOP);
  await page.addInitScript(() => {
    const shown: string[] = [];
    class Quiet extends EventTarget {
      static permission: NotificationPermission = 'default';
      static async requestPermission() {
        Quiet.permission = 'granted';
        return Quiet.permission;
      }
      constructor(title: string) {
        super();
        shown.push(title);
      }
    }
    Object.assign(window, { Notification: Quiet, shown });
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
    Object.defineProperty(navigator.serviceWorker, 'getRegistration', { value: async () => undefined });
  });
  await page.reload();
  await page.getByLabel('Choose a file').setInputFiles(long);
  await page.getByRole('button', { name: 'Tell me when it is done' }).click();
  await page.getByText('You will get a notification').waitFor();
  line.carry(1_000 * MIB);
  await page.getByText('long.mov is complete.').waitFor();
  await page.waitForFunction(() => (window as unknown as { shown: string[] }).shown.length > 0);
  expect(await page.evaluate(() => (window as unknown as { shown: string[] }).shown)).toEqual([
    'long.mov is complete.',
  ]);
});
