import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { lean } from './lean.ts';

export const FUNCTIONS = ['socket', 'finish', 'notify', 'sweep'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

export interface Bundle {
  /** Holds `index.mjs` alone, which exports `handler`. */
  folder: string;
  sizeBytes: number;
  /** Bytes by package; `own` is what this repository brings. */
  by: ReadonlyMap<string, number>;
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
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`functions/${name}/handler.ts`],
    outfile: join(folder, 'index.mjs'),
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
  const [output] = Object.values(metafile.outputs);
  if (!output) throw new Error(`esbuild made nothing of functions/${name}`);
  const by = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
    const from = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'own';
    by.set(from, (by.get(from) ?? 0) + bytesInOutput);
  }
  return { folder, sizeBytes: output.bytes, by };
}
