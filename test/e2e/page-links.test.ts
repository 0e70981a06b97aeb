import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DESKTOP, openPage, PHONE } from '../support/browser.ts';
import { createUpload, device, newSecrets } from '../support/client.ts';
import { begun, type JourneyScene, MIB, makeJourneyScene } from '../support/journey-scene.ts';

let scene: JourneyScene;
beforeAll(async () => {
  scene = await makeJourneyScene();
});
afterEach(() => scene.tidy());
afterAll(() => scene.dispose());

test('a link that was taken back is offered no more, now or after a reload, and a new one is a press away', async () => {
  scene.line.carry(MIB);
  const page = await scene.openAt(scene.line.origin, DESKTOP);
  await page.getByLabel('Choose a file').setInputFiles(scene.film);
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
  scene.line.carry(MIB);
  const page = await scene.openAt(scene.line.origin, DESKTOP);
  await page.getByLabel('Choose a file').setInputFiles(scene.film);
  await begun(page);
  const links = page.getByRole('group').filter({ hasText: 'Make a link' });
  await page.getByText('Links', { exact: true }).click();
  await links.getByLabel('Name, for you').fill('kitchen tablet');
  await links.getByRole('button', { name: 'Make a link' }).click();
  const made = await links.getByRole('textbox', { name: 'The new link' }).inputValue();
  const remembers = () =>
    page.evaluate(async (secret) => {
      const opening = indexedDB.open('tributary');
      await new Promise((resolve) => opening.addEventListener('success', resolve));
      const all = opening.result.transaction('uploads').objectStore('uploads').getAll();
      await new Promise((resolve) => all.addEventListener('success', resolve));
      opening.result.close();
      return JSON.stringify(all.result).includes(secret);
    }, new URL(made).hash.slice(1));
  // It is shown a moment before it is kept.
  await expect.poll(remembers).toBe(true);
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

  expect(await remembers()).toBe(true);
  await links.getByRole('button', { name: 'Take back kitchen tablet' }).click();
  await links.getByRole('button', { name: 'Yes, take it back' }).click();
  await links.getByText('to help · taken back').waitFor();
  expect(await links.getByRole('textbox', { name: 'kitchen tablet' }).count()).toBe(0);
  await expect.poll(remembers).toBe(false);
});

test('a link that is opened a moment before its upload is made says so, and then opens by itself', async () => {
  const secrets = newSecrets();
  const page = await scene.openAt(scene.server.origin, PHONE, `#${secrets.help}`);
  await page.getByRole('heading', { name: 'This link does not open an upload' }).waitFor();
  const owner = await device(scene.server.origin);
  await createUpload(owner, Buffer.alloc(100), secrets, 'just made.txt');
  await page.getByRole('heading', { level: 1, name: 'just made.txt' }).waitFor();
  owner.close();
});
