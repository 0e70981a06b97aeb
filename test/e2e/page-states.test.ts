import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../support/browser.ts';
import { STATE_NAMES } from '../support/page-state-names.ts';
import { visitStates } from '../support/page-states.ts';
import { type StartedServer, startServerProcess } from '../support/started-server.ts';

let browser: Browser;
let server: StartedServer;
const visited = new Set<string>();
const violations: string[] = [];
const sideways: string[] = [];
const small: string[] = [];
/** What the panel with the links is called, by state. */
const sharing: Record<string, string | null> = {};
let problems: string[] = [];

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** The rules whose answer a dark page may change; all others ask about what is there, and how it is called. */
const OF_COLOUR = ['color-contrast', 'link-in-text-block'];

/** What axe finds that is not as it should be, one line each. */
async function axeViolations(page: Page, rules: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(axe.source);
  return page.evaluate(
    async (runOnly) => {
      const { axe } = window as unknown as { axe: typeof import('axe-core') };
      const found = await axe.run(document, { runOnly, resultTypes: ['violations'] });
      return found.violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' ')}`,
      );
    },
    [...rules],
  );
}

/** Controls that a thumb would miss: less than 44 px in either direction. */
async function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const controls = document.querySelectorAll(
      'button, a[href], select, summary, label.button, input:not(.unseen)',
    );
    return [...controls].flatMap((control) => {
      const { width, height } = control.getBoundingClientRect();
      const isSeen = width > 0 && height > 0 && control.checkVisibility();
      return isSeen && (width < 43.5 || height < 43.5)
        ? [`${control.outerHTML.slice(0, 120)} is ${width} by ${height}`]
        : [];
    });
  });
}

beforeAll(async () => {
  browser = await launchChromium();
  server = await startServerProcess();
  ({ problems } = await visitStates({
    browser,
    server,
    // Still going on when its last state has been looked at, on a machine that takes three times as long for it.
    fileMib: 400,
    linesMibPerS: [3, 2, 1],
    shareDone: 0.05,
    async visit(name, page) {
      visited.add(name);
      const share = page.locator('#share');
      if ((await share.count()) > 0) sharing[name] = await share.getAttribute('aria-label');
      for (const [colorScheme, rules] of [
        ['light', STANDARDS],
        ['dark', OF_COLOUR],
      ] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        for (const found of await axeViolations(page, rules)) {
          violations.push(`${name}, ${colorScheme}: ${found}`);
        }
      }
      for (const target of await smallTargets(page)) small.push(`${name}: ${target}`);
      const size = page.viewportSize();
      await page.setViewportSize({ width: 320, height: 640 });
      for (const target of await smallTargets(page)) small.push(`${name}, 320 px: ${target}`);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > 320) sideways.push(`${name} is ${width} px wide`);
      if (size) await page.setViewportSize(size);
    },
  }));
}, 240_000);
afterAll(async () => {
  await browser.close();
  await server.dispose();
});

test('every state of the page is visited, and none of them throws', () => {
  expect([...visited].sort()).toEqual([...STATE_NAMES].sort());
  expect(problems).toEqual([]);
});

test('axe finds nothing to object to in any state, light or dark', () => {
  expect(violations).toEqual([]);
});

test('the panel with the links is called what it is for, by what its device may pass on', () => {
  expect(sharing).toMatchObject({
    working: 'Bring in another device',
    helping: 'Bring in another device',
    watching: 'Let others watch',
    finished: 'The link of this board',
  });
});

test('no state scrolls sideways on a phone of 320 px', () => {
  expect(sideways).toEqual([]);
});

test('every control is large enough for a thumb', () => {
  expect(small).toEqual([]);
});
