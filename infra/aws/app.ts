import { fileURLToPath } from 'node:url';
import { bundleFunctions } from './bundles/bundle.ts';
import { makeApp } from './synth.ts';

/** What `cdk synth` and `cdk deploy` run, by app.mjs: the page is built by then. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const bundles = await bundleFunctions(`${root}/cdk.out/bundles`);
makeApp({ bundles, pageFolder: `${root}/web/dist` });
