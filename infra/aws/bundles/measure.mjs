// `npm run bundles`: how big each function's bundle is, and how long this machine takes to load it. Lambda's own machines
// are others; what is compared here is one version with the next.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const { register } = await import('tsx/esm/api');
register();
const { bundleFunctions } = await import('./bundle.ts');

const RUNS = 9;
const folder = mkdtempSync(join(tmpdir(), 'tributary-bundles-'));
try {
  const bundles = await bundleFunctions(folder);
  console.log('| function | at a cold start | in all | loaded in |\n| --- | --- | --- | --- |');
  for (const [name, { folder: own, startBytes, sizeBytes }] of Object.entries(bundles)) {
    const loads = Array.from({ length: RUNS }, () => loadMs(join(own, 'index.mjs'))).sort((a, b) => a - b);
    const cells = [name, kb(startBytes), kb(sizeBytes), `${loads[(RUNS - 1) / 2].toFixed(0)} ms`];
    console.log(`| ${cells.join(' | ')} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function kb(bytes) {
  return `${Math.round(bytes / 1_024)} KB`;
}

/** In a new process, as Lambda does, from the moment that Node runs. */
function loadMs(file) {
  const code = `const t = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(performance.now() - t); process.exit();`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  return Number(stdout);
}
