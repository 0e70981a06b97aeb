import type { Chromium } from './chromium.ts';

const EVERY_MS = 200;

/** Watches the renderers' memory; `stop` answers the peak above what they had at the start, in MiB. */
export async function watchMemory(chromium: Chromium): Promise<{ stop(): Promise<number | undefined> }> {
  const idle = await chromium.rendererMib();
  let peak = idle;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const now = await chromium.rendererMib();
      if (now !== undefined && peak !== undefined) peak = Math.max(peak, now);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })();
  return {
    async stop() {
      isOver = true;
      await watching;
      return peak === undefined || idle === undefined ? undefined : peak - idle;
    },
  };
}
