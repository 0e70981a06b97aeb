import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DESKTOP, openPage } from '../support/browser.ts';
import { type JourneyScene, makeJourneyScene } from '../support/journey-scene.ts';

let scene: JourneyScene;
beforeAll(async () => {
  scene = await makeJourneyScene();
});
afterEach(() => scene.tidy());
afterAll(() => scene.dispose());

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
  const page = await scene.openAt(scene.server.origin, DESKTOP);
  await page.getByLabel('Choose a file').setInputFiles(scene.paths('one.txt', 'two.txt', 'three.txt'));
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
  const page = await scene.openAt(scene.server.origin, DESKTOP);
  await bring(page, 'paste', ['pasted.txt']);
  await page.getByRole('heading', { level: 1, name: 'pasted.txt' }).waitFor();
  await page.getByRole('button', { name: 'Upload another file' }).click();
  await bring(page, 'drop', ['dropped.txt', 'with it.txt']);
  for (const name of ['pasted.txt', 'dropped.txt', 'with it.txt']) {
    await page.getByRole('link', { name: new RegExp(`^${name}.*complete$`) }).waitFor();
  }
});

test('a file that another app shares with the installed page begins as an upload', async () => {
  const page = await scene.openAt(scene.server.origin, DESKTOP);
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
  }, `${scene.server.origin}/share-target`);
  await page.getByRole('heading', { level: 1, name: 'shared.jpg' }).waitFor();
  await page.getByRole('heading', { name: 'Complete' }).waitFor();
});

test.for([
  ['en-GB', 'Choose a file', 'The disk of the server is full. What is uploaded is kept'],
  ['de-DE', 'Datei auswählen', 'Die Festplatte des Servers ist voll. Was hochgeladen ist, bleibt erhalten'],
  ['es-ES', 'Elegir un archivo', 'El disco del servidor está lleno. Lo subido se conserva'],
] as const)(
  'a server that has no room for a new upload is told of in %s, and it begins once there is some',
  async ([locale, choose, words]) => {
    const context = await scene.newContext({ ...DESKTOP, locale });
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
    const { page } = await openPage(context, `${scene.server.origin}/`);
    await page
      .getByLabel(choose)
      .setInputFiles({ name: 'film.mov', mimeType: '', buffer: Buffer.alloc(100) });
    await page.getByRole('status').filter({ hasText: words }).waitFor();
    isFull = false;
    await page.getByRole('heading', { level: 1, name: 'film.mov' }).waitFor();
    await context.close();
  },
);
