import { makeUplink } from '../support/uplink.ts';
import { type Chromium, until } from './chromium.ts';

/** From choosing the file to the first byte of a part on its way to the server, ms. */
export async function firstByteMs(chromium: Chromium, serverPort: number, path: string): Promise<number> {
  let firstPutMs: number | undefined;
  const line = await makeUplink(serverPort, Number.POSITIVE_INFINITY, (chunk) => {
    if (chunk.subarray(0, 8).toString('latin1') === 'PUT /s3/') firstPutMs ??= Date.now();
  });
  const page = await chromium.open(line.origin);
  await until(page, `document.querySelector('input[type=file]')`);
  // Noted in the page, so that the driver's own way there does not count.
  await page.evaluate(
    `document.addEventListener('change', () => { window.chosenMs = Date.now() }, { capture: true })`,
  );
  await page.choose('input[type=file]', path);
  await until(page, `document.querySelector('[data-testid=grid]')?.dataset.done`);
  const chosenMs = await page.evaluate<number>('window.chosenMs');
  await page.close();
  await line.close();
  if (firstPutMs === undefined) throw new Error('no part was sent');
  return firstPutMs - chosenMs;
}
