import { fileURLToPath } from 'node:url';
import { ensureChromium } from './chromium.mjs';
import { ensureNodeModules, requireNode } from './node-modules.mjs';
import { ensurePage } from './page.mjs';

/** All that a command with a browser needs and a fresh machine lacks; works in the project's folder from then on. */
export async function prepareWithBrowser() {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  process.chdir(root);
  requireNode();
  ensureNodeModules(root);
  process.env.CHROME_PATH = await ensureChromium();
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  await ensurePage(root);
}

/** Runs a TypeScript module in this process. */
export async function runTypeScript(url) {
  const { register } = await import('tsx/esm/api');
  register();
  await import(url);
}
