import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { launchChromium } from '../test/support/browser.ts';
import { visitStates } from '../test/support/page-states.ts';
import { startServerProcess } from '../test/support/started-server.ts';

/** Three devices carry one file: how the page looks in each of its states, and in the README. */
const folder = fileURLToPath(new URL('pictures/', import.meta.url));
/** Worth a second picture on a dark page. */
const ALSO_DARK = new Set(['start', 'working', 'helping', 'finished']);
const README = new Map([
  ['working', 'laptop.png'],
  ['helping', 'phone.png'],
]);

/** What the picture is of is further down the page. */
const LOOK_AT = new Map([
  ['links', '.links'],
  ['links-after', '.links'],
  ['signed-in', '.account-panel'],
]);

await mkdir(`${folder}states`, { recursive: true });
const browser = await launchChromium();
const server = await startServerProcess();
try {
  const { problems } = await visitStates({
    browser,
    server,
    fileMib: 1_024,
    linesMibPerS: [24, 10, 5],
    shareDone: 0.55,
    async visit(name, page) {
      const place = LOOK_AT.get(name);
      if (place) await page.locator(place).evaluate((element) => element.scrollIntoView());
      else await page.evaluate(() => scrollTo(0, 0));
      await settled(page);
      const readme = README.get(name);
      if (readme) await page.screenshot({ path: `${folder}${readme}` });
      await page.screenshot({ path: `${folder}states/${name}.jpg`, quality: 80 });
      if (!ALSO_DARK.has(name)) return;
      await page.emulateMedia({ colorScheme: 'dark' });
      await settled(page);
      await page.screenshot({ path: `${folder}states/${name}-dark.jpg`, quality: 80 });
      await page.emulateMedia({ colorScheme: 'light' });
    },
  });
  for (const problem of problems) console.error(problem);
  console.log('The pictures in docs/pictures are as the page is now.');
} finally {
  await browser.close();
  await server.dispose();
}

/** Colours fade and windows rise: a picture is of what they come to. */
function settled(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const moving = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations === 1);
    await Promise.all(moving.map(({ finished }) => finished.catch(() => {})));
  });
}
