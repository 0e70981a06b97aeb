import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DESKTOP, PHONE } from '../support/browser.ts';
import { begun, type JourneyScene, MIB, makeJourneyScene } from '../support/journey-scene.ts';

let scene: JourneyScene;
beforeAll(async () => {
  scene = await makeJourneyScene();
});
afterEach(() => scene.tidy());
afterAll(() => scene.dispose());

test('with the keyboard alone one begins, shows the parts as a table, renames the device and ends the upload', async () => {
  scene.line.carry(MIB);
  const page = await scene.openAt(scene.line.origin, DESKTOP);
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
  await chooser.setFiles(scene.film);
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
  scene.line.carry(2 * MIB);
  const laptop = await scene.openAt(scene.line.origin, DESKTOP);
  await laptop.getByLabel('Choose a file').setInputFiles(scene.film);
  await begun(laptop);
  const phone = await scene.openAt(scene.server.origin, PHONE, new URL(laptop.url()).hash);
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
  await phone.getByLabel('Help with this file').setInputFiles(scene.film);
  await phone.getByText('film.mov is complete.').waitFor();
  await phone.getByRole('heading', { name: 'Complete' }).waitFor();
  await phone.getByTestId('carried').waitFor();
});

test('whoever does not see the page is told every tenth and who comes, and the tab says how far it is', async () => {
  scene.line.carry(MIB);
  const laptop = await scene.openAt(scene.line.origin, DESKTOP);
  await laptop.getByLabel('Choose a file').setInputFiles(scene.film);
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
  const watcher = await scene.openAt(scene.server.origin, PHONE, new URL(laptop.url()).hash);
  await watcher.getByRole('button', { name: 'Just watch' }).waitFor();
  scene.line.carry(6 * MIB);
  await laptop.getByText('film.mov is complete.').waitFor();
  await laptop.waitForFunction(() => document.title === 'Complete: film.mov');
  const heard = await laptop.evaluate(() => (window as unknown as { heard: string[] }).heard);
  expect(heard).toContain('Chrome on Android has joined');
  const tenths = heard.filter((text) => / uploaded/.test(text)).map((text) => Number.parseInt(text, 10));
  expect(tenths.length).toBeGreaterThan(4);
  for (const [i, tenth] of tenths.entries()) expect(tenth).toBeGreaterThanOrEqual((tenths[i - 1] ?? 0) + 1);
  expect(await icon.getAttribute('href')).toMatch(/^data:image\/png/);
});

test('the language is the browser’s, may be changed, and stays so; the numbers are those of the language', async () => {
  const page = await scene.openAt(scene.server.origin, { ...DESKTOP, locale: 'de-DE' });
  await page.getByLabel('Datei auswählen').setInputFiles(scene.film);
  await begun(page);
  await page.getByText(/62,9\sMB, dein Upload/).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
  await page.getByLabel('Sprache').selectOption('es');
  await page.getByText(/62,9\sMB, tu subida/).waitFor();
  await page.reload();
  await page.getByText(/62,9\sMB, tu subida/).waitFor();
});

test('without a network the installed page still opens, and no upload ever passes the service worker', async () => {
  const page = await scene.openAt(scene.server.origin, DESKTOP);
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated');
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const answered: string[] = [];
  page.on('response', (response) => {
    if (response.fromServiceWorker()) answered.push(new URL(response.url()).pathname);
  });
  await page.getByLabel('Choose a file').setInputFiles(scene.paths('one.txt'));
  await page.getByRole('heading', { name: 'Complete' }).waitFor();
  expect(answered.filter((path) => /^\/(s3|ws|config|address)/.test(path))).toEqual([]);
  await page.goto(`${scene.server.origin}/`);
  await page.context().setOffline(true);
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Tributary' }).waitFor();
  await page.getByLabel('Choose a file').waitFor({ state: 'attached' });
});

test('when nobody looks at the page the system says that it is done, once that was wanted', async () => {
  scene.line.carry(MIB / 2);
  const page = await scene.openAt(scene.line.origin, DESKTOP);
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
  await page.getByLabel('Choose a file').setInputFiles(scene.long);
  await page.getByRole('button', { name: 'Tell me when it is done' }).click();
  await page.getByText('You will get a notification').waitFor();
  scene.line.carry(1_000 * MIB);
  await page.getByText('long.mov is complete.').waitFor();
  await page.waitForFunction(() => (window as unknown as { shown: string[] }).shown.length > 0);
  expect(await page.evaluate(() => (window as unknown as { shown: string[] }).shown)).toEqual([
    'long.mov is complete.',
  ]);
});
