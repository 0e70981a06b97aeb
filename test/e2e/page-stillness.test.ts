import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { stripeToWire } from '../../protocol/messages/board.ts';
import { DESKTOP, openPage, PHONE } from '../support/browser.ts';
import { begun, type JourneyScene, MIB, makeJourneyScene, type Screen } from '../support/journey-scene.ts';

let scene: JourneyScene;
beforeAll(async () => {
  scene = await makeJourneyScene();
});
afterEach(() => scene.tidy());
afterAll(() => scene.dispose());

test.each([
  ['a desktop', { viewport: { width: 1_280, height: 1_800 } }],
  ['a phone', { ...PHONE, viewport: { width: 412, height: 2_400 } }],
])('nothing below the chart moves when its code comes late, on %s', async (_, screen) => {
  scene.line.carry(MIB);
  const laptop = await scene.openAt(scene.line.origin, DESKTOP);
  await laptop.getByLabel('Choose a file').setInputFiles(scene.film);
  await begun(laptop);
  const context = await scene.newContext(screen);
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
async function watchedOnAWall(screen: Screen) {
  const context = await scene.newContext(screen);
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
  const { page } = await openPage(context, `${scene.server.origin}/#${'s'.repeat(22)}`);
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
  scene.line.carry(4 * MIB);
  // All of it in view: what is not does not count.
  const page = await scene.openAt(scene.line.origin, { viewport: { width: 1_280, height: 1_800 } });
  await page.getByLabel('Choose a file').setInputFiles(scene.film);
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
  const helper = await scene.openAt(scene.server.origin, PHONE, new URL(page.url()).hash);
  await helper.getByLabel('Help with this file').setInputFiles(scene.film);
  await page.waitForFunction(() => {
    const value = document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow');
    return Number(value) >= 90;
  });
  await page.getByRole('button', { name: 'Download' }).waitFor();
  await page.getByTestId('carried').waitFor();
  expect(await page.evaluate(() => (window as unknown as { shifts: string[] }).shifts)).toEqual([]);
});
