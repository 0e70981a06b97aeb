// `npm start`: everything that a fresh machine lacks, then the server, in this one process.
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { ensureNodeModules, requireNode } from '../setup/node-modules.mjs';
import { ensurePage } from '../setup/page.mjs';

const parentPid = process.ppid;
// The bodies that the store receives lie outside the heap but count against its limit, which V8 sets by a heap as small as
// this one (some 32 MB) so low that it marks all of it again for every 25 MiB received: a core-second and more per GiB.
// At three times what is alive, the cheap collection of young objects comes first and frees them.
setFlagsFromString('--heap-growing-percent=200');
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
