import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type Bundles, FUNCTIONS } from '../../infra/aws/bundles/bundle.ts';
import { flags, makeApp } from '../../infra/aws/synth.ts';

export interface Synthesised {
  lasting: Template;
  running: Template;
  /** Where both are, with all that is deployed. */
  outdir: string;
}

/** Both stacks, of functions and a page that are empty: what is in them makes no difference. */
export function synthesise(context: Record<string, unknown> = {}): Synthesised {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-synth-'));
  const bundles = Object.fromEntries(
    FUNCTIONS.map((name) => [
      name,
      { folder: join(folder, name), sizeBytes: 0, startBytes: 0, startBy: new Map() },
    ]),
  ) as unknown as Bundles;
  for (const { folder: made } of Object.values(bundles)) write(made, 'index.mjs');
  const pageFolder = join(folder, 'page');
  write(pageFolder, 'index.html');
  write(pageFolder, '.sources');
  write(join(pageFolder, '.vite'), 'manifest.json');
  write(join(pageFolder, 'assets'), 'index-hash.js');
  const outdir = join(folder, 'cdk.out');
  const app = new App({ context: { ...flags, ...context }, outdir });
  const { lasting, running } = makeApp({ bundles, pageFolder }, app);
  return { lasting: Template.fromStack(lasting), running: Template.fromStack(running), outdir };
}

function write(folder: string, file: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), '');
}
