// `npm run device`: everything that a fresh machine lacks, then one device without a browser, in this one process.
import { fileURLToPath } from 'node:url';
import { ensureNodeModules, requireNode } from './node-modules.mjs';

requireNode();
ensureNodeModules(fileURLToPath(new URL('../..', import.meta.url)));
const { register } = await import('tsx/esm/api');
register();
const { main } = await import('../../web/node/main.ts');
process.exitCode = await main(process.argv.slice(2), process.env);
