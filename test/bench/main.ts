import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServerProcess } from '../support/started-server.ts';
import { startChromium } from './chromium.ts';
import { firstByteMs } from './first-byte.ts';
import { watchMemory } from './renderer-memory.ts';
import { type Bench, limit, type Run, tributary } from './subjects.ts';

const MIB = 1_048_576;
const GIB = 1_024 * MIB;
const ROUNDS = Number(/--rounds=(\d+)/.exec(process.argv.join(' '))?.[1] ?? 3);

interface Figure {
  subject: string;
  sizeMib: number;
  mibPerS: number;
  ratioToLimit: number;
  requests: number;
  /** Peak above idle. */
  rendererMib: number | undefined;
}

/** `npm run bench`: one Chromium, one machine, one run; medians. `--json` prints one object a line. */
const asJson = process.argv.includes('--json');
const folder = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
const chromium = await startChromium();
const server = await startServerProcess();
const bench: Bench = { chromium, origin: `http://localhost:${server.port}`, dataFolder: server.dataFolder };
try {
  const gib = await randomFile(join(folder, 'one-gib.bin'), GIB);
  const quarter = await randomFile(join(folder, 'quarter-gib.bin'), GIB / 4);

  // Taken in turns, so that whatever else the machine does falls on both.
  const limits: Measured[] = [];
  const ours: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    limits.push(await measure((begin) => limit(bench, gib, begin, GIB)));
    ours.push(await measure((begin) => tributary(bench, gib, begin)));
  }
  const small = await measure((begin) => tributary(bench, quarter, begin));
  const limitS = median(limits.map(({ seconds }) => seconds));
  say(figure('limit', GIB, limits, limitS));
  say(figure('tributary', GIB, ours, limitS));
  say(figure('tributary', GIB / 4, [small], limitS / 4));

  const sparse = join(folder, 'sparse-4-gib.bin');
  await writeFile(sparse, '');
  await truncate(sparse, 4 * GIB);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await firstByteMs(chromium, server.port, sparse));
  const firstMs = median(times);
  console.log(
    asJson
      ? JSON.stringify({ subject: 'first-byte', ms: firstMs })
      : `first byte of a 4 GiB file: ${firstMs} ms`,
  );
} finally {
  await chromium.close();
  await server.dispose();
  await rm(folder, { recursive: true, force: true });
}

interface Measured extends Run {
  rendererMib: number | undefined;
}

async function measure(subject: (begin: () => Promise<void>) => Promise<Run>): Promise<Measured> {
  let watch: Awaited<ReturnType<typeof watchMemory>> | undefined;
  // What the run before has left unwritten is not this one's to wait for.
  spawnSync('sync');
  const run = await subject(async () => {
    watch = await watchMemory(chromium);
  });
  return { ...run, rendererMib: await watch?.stop() };
}

function figure(subject: string, sizeBytes: number, runs: readonly Measured[], limitS: number): Figure {
  const seconds = median(runs.map((run) => run.seconds));
  const peaks = runs.map(({ rendererMib }) => rendererMib).filter((mib) => mib !== undefined);
  return {
    subject,
    sizeMib: sizeBytes / MIB,
    mibPerS: Math.round(sizeBytes / MIB / seconds),
    ratioToLimit: Math.round((limitS / seconds) * 100) / 100,
    requests: median(runs.map(({ requests }) => requests)),
    rendererMib: peaks.length > 0 ? Math.round(median(peaks)) : undefined,
  };
}

function say(one: Figure): void {
  if (asJson) {
    console.log(JSON.stringify(one));
    return;
  }
  const { subject, sizeMib, mibPerS, ratioToLimit, requests, rendererMib } = one;
  console.log(
    `${subject.padEnd(10)} ${String(sizeMib).padStart(5)} MiB  ${String(mibPerS).padStart(4)} MiB/s  ` +
      `${ratioToLimit.toFixed(2)} of the limit  ${requests} requests  renderer +${rendererMib ?? '?'} MiB`,
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function randomFile(path: string, sizeBytes: number): Promise<string> {
  const file = await open(path, 'w');
  for (let written = 0; written < sizeBytes; written += 8 * MIB) await file.write(randomBytes(8 * MIB));
  await file.close();
  return path;
}
