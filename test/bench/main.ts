import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instanceKey, withKey } from '../../infra/local/instance-key.ts';
import { startServerProcess } from '../support/started-server.ts';
import { NOT_SECURE, startChromium } from './chromium.ts';
import { type Measured, median, sayFigures, sayFirstByte } from './figures.ts';
import { firstByteMs } from './first-byte.ts';
import { libStorage, tus, uppy } from './peers.ts';
import { randomFile } from './random-file.ts';
import { watchMemory } from './renderer-memory.ts';
import { type Bench, limit, type Run, tributary } from './subjects.ts';

const MIB = 1_048_576;
const GIB = 1_024 * MIB;
/** One a core of the machine whose figures the README has. */
const HASHERS = 2;

type Subject = (begin: () => Promise<void>) => Promise<Run>;

/**
 * `npm run bench`: one Chromium, one machine, one run; medians. `--json` prints one object a line; `--rounds=N` of each
 * (3); `--only=limit,tributary,…` leaves the others out.
 */
const asJson = process.argv.includes('--json');
const rounds = Number(option('rounds') ?? 3);
const only = option('only')?.split(',');
const folder = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
const chromium = await startChromium();
const server = await startServerProcess({ ALLOWED_HOSTS: NOT_SECURE });
const bench: Bench = { chromium, origin: `http://localhost:${server.port}`, dataFolder: server.dataFolder };
const overPlainHttp: Bench = {
  ...bench,
  origin: withKey(`http://${NOT_SECURE}:${server.port}`, await instanceKey(server.dataFolder)),
};
try {
  const gib = await randomFile(join(folder, 'one-gib.bin'), GIB);
  const quarter = await randomFile(join(folder, 'quarter-gib.bin'), GIB / 4);
  const subjects: Array<{ name: string; sizeBytes: number; run: Subject }> = [
    { name: 'limit', sizeBytes: GIB, run: (begin) => limit(bench, gib, begin, GIB) },
    { name: 'limit-sha256', sizeBytes: GIB, run: (begin) => limit(bench, gib, begin, GIB, HASHERS) },
    { name: 'tributary', sizeBytes: GIB, run: (begin) => tributary(bench, gib, begin) },
    { name: 'uppy', sizeBytes: GIB, run: (begin) => uppy(bench, gib, begin) },
    { name: 'tus', sizeBytes: GIB, run: (begin) => tus(bench, gib, begin) },
    { name: 'lib-storage', sizeBytes: GIB, run: (begin) => libStorage(bench, gib, begin) },
    { name: 'tributary', sizeBytes: GIB / 4, run: (begin) => tributary(bench, quarter, begin) },
    { name: 'tributary-http', sizeBytes: GIB, run: (begin) => tributary(overPlainHttp, gib, begin) },
  ];
  const chosen = subjects
    .filter(({ name }) => !only || only.includes(name))
    .map((subject) => ({ ...subject, runs: [] as Measured[] }));

  // Taken in turns, so that whatever else the machine does falls on all.
  for (let round = 0; round < rounds; round++) {
    for (const { name, sizeBytes, run, runs } of chosen) {
      const measured = await measure(run);
      runs.push(measured);
      const mibPerS = Math.round(sizeBytes / MIB / measured.seconds);
      process.stderr.write(`${round + 1}/${rounds} ${name}, ${sizeBytes / MIB} MiB: ${mibPerS} MiB/s\n`);
    }
  }
  sayFigures(chosen, asJson);

  if (!only || only.includes('first-byte')) {
    const sparse = join(folder, 'sparse-4-gib.bin');
    await writeFile(sparse, '');
    await truncate(sparse, 4 * GIB);
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await firstByteMs(chromium, server.port, sparse));
    sayFirstByte(median(times), asJson);
  }
} finally {
  await chromium.close();
  await server.dispose();
  await rm(folder, { recursive: true, force: true });
}

async function measure(run: Subject): Promise<Measured> {
  let watch: Awaited<ReturnType<typeof watchMemory>> | undefined;
  // What the run before has left unwritten is not this one's to wait for.
  spawnSync('sync');
  const measured = await run(async () => {
    watch = await watchMemory(chromium);
  });
  return { ...measured, rendererMib: await watch?.stop() };
}

function option(name: string): string | undefined {
  return new RegExp(`--${name}=(\\S+)`).exec(process.argv.join(' '))?.[1];
}
