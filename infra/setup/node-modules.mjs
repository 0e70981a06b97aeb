// Plain JavaScript on Node alone: this runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const MIN_NODE = [20, 19];

/** Ends the process with one line if this Node is too old. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return;
  console.error(`Tributary needs Node ${MIN_NODE.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/** Installs what package-lock.json names if node_modules lacks any of it. */
export function ensureNodeModules(root) {
  if (isInstalled(root)) return;
  console.log('Installing dependencies (once, and again when they change) …');
  // The page is built here and the tests run here, whatever NODE_ENV says.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const isWindows = process.platform === 'win32';
  const { status, error } = spawnSync(isWindows ? 'npm.cmd' : 'npm', args, {
    cwd: root,
    stdio: 'inherit',
    shell: isWindows,
  });
  if (status === 0) return;
  const why = error ? `: there is no npm (${error.message})` : '; npm says why above';
  console.error(`The dependencies could not be installed${why}.`);
  process.exit(1);
}

/** npm keeps a copy of the lock file beside what it has installed, written last: a torn install has none. */
function isInstalled(root) {
  let wanted;
  let installed;
  try {
    wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    installed = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')).packages;
  } catch {
    return false;
  }
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || installed[path]?.version === version || (optional && !installed[path]),
  );
}
