import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { bundleFunctions } from '../../infra/aws/bundles/bundle.ts';
import { flags, makeApp } from '../../infra/aws/synth.ts';

const pageFolder = fileURLToPath(new URL('../../web/dist', import.meta.url));

/** Synthesises the stacks as `npm run deploy` does, into this folder; answers where the assembly is. */
export async function synthesiseInto(folder: string): Promise<string> {
  const outdir = join(folder, 'cdk.out');
  const bundles = await bundleFunctions(join(folder, 'bundles'));
  makeApp({ bundles, pageFolder }, new App({ context: flags, outdir })).app.synth();
  return outdir;
}
