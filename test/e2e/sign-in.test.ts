import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressesIn } from '../support/addresses-in.ts';
import { DESKTOP, launchChromium, openPage, PHONE } from '../support/browser.ts';
import { type StartedServer, startServerProcess } from '../support/started-server.ts';

const PASSPHRASE = 'correct horse battery staple';
let folder: string;
let path: string;
let browser: Browser;
let server: StartedServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-file-'));
  path = join(folder, 'holiday film.mov');
  await writeFile(path, randomBytes(12 * 1_048_576));
  browser = await launchChromium();
  server = await startServerProcess();
});
afterAll(async () => {
  await browser.close();
  await server.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** All that a page asked for and was answered, and what it forbade itself. */
function watched(page: Page) {
  const addresses: string[] = [];
  const violations: string[] = [];
  page.on('request', (request) => addresses.push(`${request.url()} ${request.headers().referer ?? ''}`));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) violations.push(message.text());
  });
  return { addresses, violations };
}

async function signIn(
  page: Page,
  what: 'Sign in' | 'Make an account of this name',
  name = 'Ada',
): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Passphrase').fill(PASSPHRASE);
  await page.getByRole('button', { name: what, exact: true }).click();
  await page.getByText(`Signed in as ${name}`).waitFor();
}

/** A server that sends e-mail, which the one here does not: what it says of that is added on the way. */
async function withMail(context: BrowserContext, answers: () => boolean) {
  const asked: Array<Record<string, unknown>> = [];
  let isWanted = false;
  await context.routeWebSocket(/\/ws$/, (page) => {
    const server = page.connectToServer();
    page.onMessage((frame) => {
      const message = JSON.parse(String(frame));
      if (message.type !== 'mail-me') return server.send(frame);
      const { token, ...rest } = message;
      asked.push({ ...rest, hasToken: String(token).split('.').length === 3 });
      const error = { kind: 'internal', message: 'Something went wrong.' };
      if (answers()) isWanted = message.isWanted;
      page.send(
        JSON.stringify(answers() ? { type: 'ok', re: message.id } : { type: 'error', re: message.id, error }),
      );
    });
    server.onMessage((frame) => {
      const message = JSON.parse(String(frame));
      const mail = { address: 'ada@example.org', isWanted };
      page.send(message.type === 'signed-in' ? JSON.stringify({ ...message, mail }) : frame);
    });
  });
  return asked;
}

test('what was made before signing in is found on another device, live; a link is limited, seen and taken back; and no secret is where it should not be', async () => {
  const laptop = await openPage(await browser.newContext(DESKTOP), `${server.origin}/`);
  const seen = watched(laptop.page);
  await laptop.page.getByLabel(/Choose a file/).setInputFiles(path);
  await laptop.page.getByText('holiday film.mov is complete.').waitFor();
  const link = new URL(laptop.page.url()).hash.slice(1);
  await laptop.page.getByRole('link', { name: 'Tributary' }).click();
  await signIn(laptop.page, 'Make an account of this name');

  const german = await openPage(
    await browser.newContext({ ...DESKTOP, locale: 'de-AT' }),
    `${server.origin}/`,
  );
  await german.page.getByRole('button', { name: 'Anmelden' }).click();
  await german.page.getByRole('button', { name: 'Konto mit diesem Namen anlegen' }).waitFor();
  await german.page.close();

  const phone = await openPage(await browser.newContext(PHONE), `${server.origin}/`);
  const seenByPhone = watched(phone.page);
  await signIn(phone.page, 'Sign in');
  await phone.page.getByRole('link', { name: 'holiday film.mov' }).click();
  await phone.page.getByRole('button', { name: 'Download' }).waitFor();

  // From one device of theirs to the other, without a reload.
  await laptop.page
    .getByLabel(/Choose a file/)
    .setInputFiles({ name: 'second.bin', mimeType: '', buffer: randomBytes(100) });
  await laptop.page.getByText('second.bin is complete.').waitFor();
  await phone.page.getByRole('link', { name: 'Tributary' }).click();
  await phone.page.getByRole('link', { name: 'second.bin' }).waitFor();

  await laptop.page.getByText('Links', { exact: true }).click();
  await laptop.page.getByLabel('Name, for you').fill('kitchen tablet');
  await laptop.page.getByRole('button', { name: 'Make a link' }).click();
  const made = await laptop.page.getByRole('textbox', { name: 'The new link' }).inputValue();
  const tablet = await openPage(await browser.newContext(PHONE), made);
  await tablet.page.getByRole('heading', { name: 'second.bin' }).waitFor();
  await laptop.page
    .getByText(/opened by .*on Android/)
    .first()
    .waitFor();
  await laptop.page.getByRole('button', { name: 'Take back kitchen tablet' }).click();
  await laptop.page.getByRole('button', { name: 'Yes, take it back' }).click();
  await tablet.page.getByText('This link was taken back').waitFor();

  const secrets = [link, new URL(made).hash.slice(1), PASSPHRASE, ...(await secretsOf(laptop.page))];
  expect(secrets.length).toBeGreaterThan(5);
  const logged = await readFile(join(server.dataFolder, 'tributary.log'), 'utf8');
  const stored = await everythingIn(server.dataFolder);
  const requested = [...seen.addresses, ...seenByPhone.addresses].join('\n');
  for (const secret of secrets) {
    for (const [where, text] of Object.entries({ logged, stored, requested })) {
      expect(text.includes(secret), `a secret was ${where}`).toBe(false);
    }
  }
  expect({ logged: addressesIn(logged), requested: addressesIn(requested) }).toEqual({
    logged: [],
    requested: [],
  });
  expect([...seen.violations, ...seenByPhone.violations]).toEqual([]);
  expect([...laptop.problems, ...phone.problems, ...tablet.problems]).toEqual([]);
});

/** What the page keeps for itself: the keys of its uploads and devices, and the tokens of its person. */
async function secretsOf(page: Page): Promise<string[]> {
  const kept = await page.evaluate(async () => {
    const texts = [
      JSON.stringify(Object.values({ ...sessionStorage })),
      localStorage.getItem('tributary.sign-in') ?? '',
    ];
    for (const { name } of await indexedDB.databases()) {
      const open = indexedDB.open(name ?? '');
      await new Promise((resolve) => open.addEventListener('success', resolve));
      for (const store of open.result.objectStoreNames) {
        const all = open.result.transaction(store).objectStore(store).getAll();
        await new Promise((resolve) => all.addEventListener('success', resolve));
        texts.push(JSON.stringify(all.result));
      }
    }
    return texts.join('\n');
  });
  // The signature of a token, and base64url of 128 bits.
  const tokens = [...kept.matchAll(/"idToken":"[\w-]+\.[\w-]+\.([\w-]+)"/g)].map(
    ([, signature = '']) => signature,
  );
  const keys = [...kept.matchAll(/"(?:own|help|watch|key|secret)":"([\w-]{22})"/g)].map(
    ([, secret = '']) => secret,
  );
  const refresh = [...kept.matchAll(/"refreshToken":"([\w-]+)"/g)].map(([, token = '']) => token);
  return [...tokens, ...keys, ...refresh];
}

async function everythingIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('objects'));
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')));
  return texts.join('\n');
}

test('an e-mail is offered where the server sends any and nowhere else, asked for with one box, and kept as the server has it', async () => {
  const plain = await openPage(await browser.newContext(DESKTOP), `${server.origin}/`);
  await signIn(plain.page, 'Make an account of this name', 'Bea');
  expect(await plain.page.getByRole('checkbox').count()).toBe(0);
  await plain.page.context().close();

  const context = await browser.newContext(DESKTOP);
  let answers = false;
  const asked = await withMail(context, () => answers);
  const { page, problems } = await openPage(context, `${server.origin}/`);
  await signIn(page, 'Sign in', 'Bea');
  const box = page.getByRole('checkbox', {
    name: 'E-mail ada@example.org when an upload of mine is complete',
  });
  await box.click();
  await page.getByText('The server has not answered. Nothing was lost; try again.').waitFor();
  expect(await box.isChecked()).toBe(false);

  answers = true;
  await box.click();
  await page.getByText('The server has not answered.').waitFor({ state: 'detached' });
  await page.reload();
  await page.getByText('Signed in as Bea').waitFor();
  expect(await box.isChecked()).toBe(true);
  const mail = { type: 'mail-me', language: 'en', hasToken: true };
  expect(asked).toMatchObject([
    { ...mail, isWanted: true },
    { ...mail, isWanted: true },
  ]);

  // Beside an upload of theirs, too, for as long as it is under way.
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await context.route(/partNumber=/, async (route) => {
    await released;
    await route.continue();
  });
  await page.getByLabel(/Choose a file/).setInputFiles(path);
  await page.getByRole('heading', { name: 'holiday film.mov' }).waitFor();
  expect(await box.isChecked()).toBe(true);
  release();
  await page.getByText('holiday film.mov is complete.').waitFor();
  await box.waitFor({ state: 'detached' });
  expect(problems).toEqual([]);
  await context.close();
});
