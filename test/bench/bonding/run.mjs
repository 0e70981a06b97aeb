// `npm run bench:bonding`: everything that a fresh machine lacks, then the benchmark.
import { fileURLToPath } from 'node:url';
import { ensureNodeModules, requireNode } from '../../../infra/setup/node-modules.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
process.chdir(root);
requireNode();
ensureNodeModules(root);
const { register } = await import('tsx/esm/api');
register();
await import('./main.ts');
