import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { lean } from './lean.ts';

export const FUNCTIONS = ['socket', 'finish', 'notify', 'sweep'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

export interface Bundle {
  /** Holds `index.mjs`, which exports `handler`, and what that loads. */
  folder: string;
  /** All of it. */
  sizeBytes: number;
  /** What a cold start reads: `index.mjs` and what it imports at once. */
  startBytes: number;
  /** Bytes of a cold start by package; `own` is what this repository brings. */
  startBy: ReadonlyMap<string, number>;
}

export type Bundles = Record<FunctionName, Bundle>;

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * What Lambda is given, one folder a function below `into`. The SDK is in it: the one that Lambda brings changes with
 * the day, and with it what was tested.
 */
export async function bundleFunctions(into: string): Promise<Bundles> {
  const made = await Promise.all(
    FUNCTIONS.map(async (name) => [name, await bundle(name, join(into, name))] as const),
  );
  return Object.fromEntries(made) as Bundles;
}

async function bundle(name: FunctionName, folder: string): Promise<Bundle> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`functions/${name}/handler.ts`],
    outdir: folder,
    entryNames: 'index',
    outExtension: { '.js': '.mjs' },
    // Clients that only some messages need are files of their own (functions/lazily.ts).
    splitting: true,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    // Some packages still `require` what Node brings.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    legalComments: 'none',
    metafile: true,
    plugins: [lean],
    logLevel: 'warning',
  });
  const { outputs } = metafile;
  const entry = Object.keys(outputs).find((path) => path.endsWith('/index.mjs') || path === 'index.mjs');
  if (entry === undefined) throw new Error(`esbuild made nothing of functions/${name}`);
  const startBy = new Map<string, number>();
  let startBytes = 0;
  for (const path of readAtOnce(outputs, entry)) {
    startBytes += outputs[path]?.bytes ?? 0;
    for (const [input, { bytesInOutput }] of Object.entries(outputs[path]?.inputs ?? {})) {
      const from = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? 'own';
      startBy.set(from, (startBy.get(from) ?? 0) + bytesInOutput);
    }
  }
  const sizeBytes = Object.values(outputs).reduce((sum, { bytes }) => sum + bytes, 0);
  return { folder, sizeBytes, startBytes, startBy };
}

function readAtOnce(outputs: Metafile['outputs'], entry: string, read = new Set<string>()): Set<string> {
  read.add(entry);
  for (const { path, kind } of outputs[entry]?.imports ?? []) {
    if (kind === 'import-statement' && outputs[path] && !read.has(path)) readAtOnce(outputs, path, read);
  }
  return read;
}
