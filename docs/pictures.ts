import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DESKTOP, launchChromium, openPage, PHONE } from '../test/support/browser.ts';
import { startServerProcess } from '../test/support/started-server.ts';
import { makeUplink } from '../test/support/uplink.ts';

const MIB = 1_048_576;
const FILE_BYTES = 1_024 * MIB;
/** When the picture is taken. */
const SHARE_DONE = 0.55;
/** What the lines of laptop, phone and a third device carry. */
const LINES_BYTES_PER_S = [24, 10, 5].map((mib) => mib * MIB);

/** Three devices carry one file; what two of them show in the middle of it is the README's picture. */
const folder = await mkdtemp(join(tmpdir(), 'tributary-pictures-'));
const path = join(folder, 'wedding, first cut.mov');
await writeFile(path, '');
await truncate(path, FILE_BYTES);
const browser = await launchChromium();
const server = await startServerProcess();
const lines = await Promise.all(LINES_BYTES_PER_S.map((rate) => makeUplink(server.port, rate)));
try {
  const open = async (line: number, options: object, fragment = '') =>
    (await openPage(await browser.newContext(options), `${lines[line]?.origin}/${fragment}`)).page;
  const laptop = await open(0, DESKTOP);
  await laptop.getByLabel('Choose a file').setInputFiles(path);
  await laptop.waitForURL(/#/);
  const { hash } = new URL(laptop.url());
  const phone = await open(
    1,
    { ...PHONE, viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
    hash,
  );
  const third = await open(2, DESKTOP, hash);
  for (const page of [phone, third]) await page.getByLabel('Choose this file here').setInputFiles(path);
  await laptop.waitForFunction((share) => {
    const figure = document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow');
    return Number(figure) >= share * 100;
  }, SHARE_DONE);
  await laptop.screenshot({ path: to('laptop.png') });
  await phone.screenshot({ path: to('phone.png') });
  console.log('docs/pictures/laptop.png and docs/pictures/phone.png are as the page is now.');
} finally {
  await browser.close();
  for (const line of lines) await line.close();
  await server.dispose();
  await rm(folder, { recursive: true, force: true });
}

function to(name: string): string {
  return fileURLToPath(new URL(`pictures/${name}`, import.meta.url));
}
