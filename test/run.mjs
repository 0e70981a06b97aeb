// `npm test`: everything that a fresh machine lacks, then the tests. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureChromium } from '../infra/setup/chromium.mjs';
import { ensureNodeModules, requireNode } from '../infra/setup/node-modules.mjs';
import { ensurePage } from '../infra/setup/page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
requireNode();
ensureNodeModules(root);
const chromium = await ensureChromium();
await ensurePage(root);
const args = [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--config',
  'test/vitest.config.ts',
  ...process.argv.slice(2),
];
const env = {
  ...process.env,
  CHROME_PATH: chromium,
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env });
process.exit(status ?? 1);
