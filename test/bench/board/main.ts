import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { startChromium } from '../chromium.ts';
import { measureChoosing } from './choosing.ts';
import { measureSyncing } from './syncing.ts';

/** `npm run bench:board`: what a board of 10,000 parts and 200 devices costs in CPU; medians and means, on this machine. */
for (const parts of [1, 4]) {
  say(`a sync that reports ${parts} and is granted ${parts}`, await measureSyncing(parts), 'ms of CPU');
}
report('Node', measureChoosing());
report('Chromium', await inChromium());

function report(where: string, { chooseMs, hedgeMs }: ReturnType<typeof measureChoosing>): void {
  say(`choose in ${where}`, chooseMs, 'ms');
  say(`choosing a hedge in ${where}`, hedgeMs, 'ms');
}

function say(what: string, ms: number, unit: string): void {
  console.log(`${what.padEnd(44)} ${ms.toFixed(3)} ${unit}`);
}

/** The same file, in the engine of the page. */
async function inChromium(): Promise<ReturnType<typeof measureChoosing>> {
  const script = await bundled(fileURLToPath(new URL('choosing.ts', import.meta.url)));
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><script>${script}</script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const chromium = await startChromium();
  try {
    const page = await chromium.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return await page.evaluate<ReturnType<typeof measureChoosing>>('choosing.measureChoosing()');
  } finally {
    await chromium.close();
    server.close();
    server.closeAllConnections();
  }
}

async function bundled(entry: string): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, lib: { entry, formats: ['iife'], name: 'choosing' } },
  });
  const [first] = Array.isArray(output) ? output : [output];
  if (!first || !('output' in first)) throw new Error('expected one bundle');
  const [chunk] = first.output;
  return chunk.code;
}
