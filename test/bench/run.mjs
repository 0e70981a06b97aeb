// `npm run bench`: everything that a fresh machine lacks, then the benchmark.
import { fileURLToPath } from 'node:url';
import { ensureChromium } from '../../infra/setup/chromium.mjs';
import { ensureNodeModules, requireNode } from '../../infra/setup/node-modules.mjs';
import { ensurePage } from '../../infra/setup/page.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
process.chdir(root);
requireNode();
ensureNodeModules(root);
process.env.CHROME_PATH = await ensureChromium();
await ensurePage(root);
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const { register } = await import('tsx/esm/api');
register();
await import('./main.ts');
