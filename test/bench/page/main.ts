import { launchChromium } from '../../support/browser.ts';
import { startServerProcess } from '../../support/started-server.ts';
import { CHANGES_PER_S, PARTS, serveBusyBoard } from './busy-board.ts';
import { interactiveMs, type Profile } from './interactive.ts';
import { scriptPerFrame } from './script-per-frame.ts';

const FRAME_MS = 1_000 / 60;
const WARM_UP_MS = 3_000;
const LOOK_MS = 10_000;
const PROFILES: Profile[] = [
  { name: 'mid-range phone on 4G', cpuSlowdown: 4, latencyMs: 40, downMbitPerS: 9 },
  { name: 'mid-range phone on slow 4G (Lighthouse)', cpuSlowdown: 4, latencyMs: 150, downMbitPerS: 1.6 },
];

const browser = await launchChromium();
const server = await startServerProcess();
try {
  const page = await browser.newPage({ viewport: { width: 1_280, height: 1_800 } });
  const board = await serveBusyBoard(page);
  await page.goto(`${server.origin}/#${'s'.repeat(22)}`);
  await page.locator(`[data-testid=grid][data-parts="${PARTS}"]`).waitFor();
  // Frames as a screen shows them, whether the page asks for them or not: what runs between two of them delays one.
  await page.evaluate('(function again() { requestAnimationFrame(again); })()');
  await page.evaluate(() => {
    Object.assign(window, { shifts: 0 });
    new PerformanceObserver((entries) => {
      for (const entry of entries.getEntries()) {
        (window as unknown as { shifts: number }).shifts += (entry as unknown as { value: number }).value;
      }
    }).observe({ type: 'layout-shift' });
  });
  board.begin();
  await page.waitForTimeout(WARM_UP_MS);
  const before = Date.now();
  const doneBefore = await doneParts();
  const figures = await scriptPerFrame(await page.context().newCDPSession(page), LOOK_MS);
  const changesPerS = ((await doneParts()) - doneBefore) / ((Date.now() - before) / 1_000);
  const shifts = await page.evaluate(() => (window as unknown as { shifts: number }).shifts);
  board.stop();
  await page.close();
  const fits = figures.p95Ms < FRAME_MS ? 'fits' : 'does not fit';
  console.log(
    `${PARTS} tickets, ${changesPerS.toFixed(0)} of ${CHANGES_PER_S} changes a second drawn: script of a frame ${ms(figures.medianMs)} median, ${ms(figures.p95Ms)} at 95 %, ${ms(figures.maxMs)} at most, of ${figures.frames} frames; ${fits} into ${ms(FRAME_MS)}`,
  );
  console.log(`layout shift meanwhile: ${shifts.toFixed(4)}`);
  for (const profile of PROFILES) {
    console.log(
      `${profile.name}: interactive after ${ms(await interactiveMs(browser, server.origin, profile))}`,
    );
  }

  function doneParts(): Promise<number> {
    return page.evaluate(() => {
      const by = document.querySelector<HTMLElement>('[data-testid=grid]')?.dataset.doneBy ?? '{}';
      return Object.values(JSON.parse(by) as Record<string, number>).reduce((sum, count) => sum + count, 0);
    });
  }
} finally {
  await browser.close();
  await server.dispose();
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
