import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Span } from '../../web/browser/trace.ts';
import { startServerProcess } from '../support/started-server.ts';
import { makeUplink } from '../support/uplink.ts';
import { startChromium } from './chromium.ts';
import { randomFile } from './random-file.ts';
import { uploadTraced } from './subjects.ts';
import { drawTrace } from './trace-drawing.ts';

const MIB = 1_048_576;

/**
 * `npm run trace`: what a page does while it uploads, drawn: its requests, its hashes, its syncs, and how long a place
 * stays empty between two parts. `--mib=N` (512); `--mbit=N` over a line of that rate.
 */
const folder = await mkdtemp(join(tmpdir(), 'tributary-trace-'));
const chromium = await startChromium();
const server = await startServerProcess();
const mbit = option('mbit') ?? Number.POSITIVE_INFINITY;
const line = await makeUplink(server.port, (mbit * 1_000_000) / 8);
const origin = Number.isFinite(mbit) ? line.origin : `http://localhost:${server.port}`;
try {
  const path = await randomFile(join(folder, 'traced.bin'), (option('mib') ?? 512) * MIB);
  const spans: Span[] = await uploadTraced({ chromium, origin, dataFolder: server.dataFolder }, path);
  console.log(drawTrace(spans));
} finally {
  await chromium.close();
  await line.close();
  await server.dispose();
  await rm(folder, { recursive: true, force: true });
}

function option(name: string): number | undefined {
  const value = new RegExp(`--${name}=([\\d.]+)`).exec(process.argv.join(' '))?.[1];
  return value === undefined ? undefined : Number(value);
}
