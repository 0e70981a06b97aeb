import type { Browser } from 'playwright-core';
import { PHONE } from '../../support/browser.ts';

/** A phone and its network, as slow as the DevTools' presets of these names make them. */
export interface Profile {
  name: string;
  cpuSlowdown: number;
  latencyMs: number;
  downMbitPerS: number;
}

const MBIT_BYTES = 125_000;
const RUNS = 5;

/** From the first byte asked for until a file can be chosen and the page answers at once; the median of some visits. */
export async function interactiveMs(browser: Browser, url: string, profile: Profile): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) times.push(await visit(browser, url, profile));
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
}

async function visit(browser: Browser, url: string, profile: Profile): Promise<number> {
  const context = await browser.newContext(PHONE);
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: profile.cpuSlowdown });
  await cdp.send('Network.enable');
  await cdp.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: profile.latencyMs,
    downloadThroughput: profile.downMbitPerS * MBIT_BYTES,
    uploadThroughput: profile.downMbitPerS * MBIT_BYTES,
  });
  await page.addInitScript(() => {
    const watch = new MutationObserver(() => {
      if (!document.querySelector('input[type=file]')) return;
      watch.disconnect();
      // Drawn, and done with what came with it.
      requestAnimationFrame(() =>
        setTimeout(() => Object.assign(window, { interactiveAtMs: performance.now() })),
      );
    });
    watch.observe(document, { childList: true, subtree: true });
  });
  await page.goto(url);
  await page.waitForFunction(() => 'interactiveAtMs' in window);
  const ms = await page.evaluate(() => (window as unknown as { interactiveAtMs: number }).interactiveAtMs);
  await context.close();
  return ms;
}
