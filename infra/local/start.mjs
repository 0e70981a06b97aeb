// `npm start`: everything that a fresh machine lacks, then the server, in this one process.
import { fileURLToPath } from 'node:url';
import { ensureNodeModules, requireNode } from '../setup/node-modules.mjs';
import { ensurePage } from '../setup/page.mjs';

const parentPid = process.ppid;
const root = fileURLToPath(new URL('../..', import.meta.url));
requireNode();
ensureNodeModules(root);
try {
  await ensurePage(root);
} catch (error) {
  console.error(`The page cannot be built: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
// The SDK warns about Node 20 at every start; what we ask of it is pinned by the lock file.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const { register } = await import('tsx/esm/api');
register();
const { main } = await import('./main.ts');
await main(parentPid);
