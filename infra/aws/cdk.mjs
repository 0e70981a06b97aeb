import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureNodeModules, requireNode } from '../setup/node-modules.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** All that a fresh machine lacks; works in the project's folder from then on. */
export function prepare() {
  process.chdir(root);
  requireNode();
  ensureNodeModules(root);
}

/** Runs the CDK's command line, the pinned one. Ends this process with its code if it fails. */
export function cdk(...args) {
  const { status } = spawnSync(process.execPath, ['node_modules/aws-cdk/bin/cdk', ...args], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
