import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Links } from './links.ts';
import { type Figure, measure } from './measure.ts';
import { makeNamespaces } from './namespaces.ts';
import { makeProxies } from './proxies.ts';
import { SCENARIOS } from './scenarios.ts';

const MIB = 1_048_576;
const HEAD = 'scenario  Mbit/s      seconds  best single  share  possible  filled  parts';
const HELP = `npm run bench:bonding -- [--json] [--only=2x20,churn] [--mib=512] [--proxies]`;

/** One file over several lines: how much of what they could carry together does the upload get? */
const args = process.argv.slice(2);
const optionOf = (name: string) => args.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1];
const only = optionOf('only')?.split(',');
const sizeMib = Number(optionOf('mib') ?? 512);
const asJson = args.includes('--json');
const chosen = SCENARIOS.filter(({ name }) => only?.includes(name) ?? true);
if (args.includes('--help') || chosen.length === 0 || !(sizeMib >= 1)) {
  console.error(`${HELP}\nscenarios: ${SCENARIOS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), 'tributary-bonding-'));
// Interrupted, it leaves no namespace behind; the devices and the server hear the same signal.
process.once('SIGINT', () => void links.close().then(() => process.exit(130)));
const links = (args.includes('--proxies') ? undefined : makeNamespaces()) ?? makeProxies();
try {
  const file = { path: join(folder, 'file.bin'), sizeBytes: sizeMib * MIB };
  await writeRandom(file.path, sizeMib);
  if (!asJson) console.log(`${sizeMib} MiB over ${links.kind}\n${HEAD}`);
  for (const scenario of chosen) {
    // A server of its own for each: what one leaves behind is nothing to the next.
    const server = await startServer(links, join(folder, `data-${scenario.name}`));
    try {
      const lines = await links.open(server.port, scenario.mbit);
      const { payloadShare } = links;
      say(await measure(scenario, lines, file, folder, { key: server.key, payloadShare }));
    } finally {
      await server.stop();
    }
  }
} finally {
  await links.close();
  await rm(folder, { recursive: true, force: true });
}

async function startServer({ server }: Links, dataFolder: string) {
  const env = { ...process.env, PORT: '0', HOST: server.host, DATA_DIR: dataFolder };
  const child = server.spawn(['infra/local/start.mjs'], env);
  const ended = once(child, 'exit');
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
      const found = /^Tributary is ready: http:\/\/localhost:(\d+)/.exec(line);
      if (found) resolve(Number(found[1]));
    });
    void ended.then(([code]) => reject(new Error(`the server ended with ${code}`)));
  });
  return {
    port,
    /** What others than this machine need to create an upload. */
    key: await readFile(join(dataFolder, 'instance-key'), 'utf8'),
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

function say(figure: Figure): void {
  if (asJson) {
    console.log(JSON.stringify({ subject: 'bonding', links: links.kind, sizeMib, ...figure }));
    return;
  }
  const { scenario, mbit, seconds, share, possible, filled, bestSingleSeconds, parts } = figure;
  const percent = (of: number) => `${(of * 100).toFixed(1)} %`;
  console.log(
    [
      scenario.padEnd(8),
      mbit.join('+').padEnd(10),
      seconds.toFixed(1).padStart(8),
      bestSingleSeconds.toFixed(1).padStart(11),
      percent(share).padStart(7),
      percent(possible).padStart(8),
      percent(filled).padStart(7),
      ` ${parts.join(', ')}`,
    ].join('  '),
  );
}

async function writeRandom(path: string, mib: number): Promise<void> {
  const file = await open(path, 'w');
  for (let i = 0; i < mib; i++) await file.write(randomBytes(MIB));
  await file.close();
}
