import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const url = new URL('./node-modules.mjs', import.meta.url).href;
let root: string;

/** A project that wants one package, and an npm that notes how it was called and installs what the lock file says. */
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tributary-install-'));
  await wants({ 'node_modules/a': { version: '1.0.0' } });
  await npmIs(
    'echo "$@" >> called; mkdir -p node_modules; cp package-lock.json node_modules/.package-lock.json',
  );
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function npmIs(script: string): Promise<void> {
  await mkdir(join(root, 'bin'), { recursive: true });
  await writeFile(join(root, 'bin/npm'), `#!/bin/sh\n${script}\n`);
  await chmod(join(root, 'bin/npm'), 0o755);
}

function wants(packages: Record<string, object>): Promise<void> {
  return writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...packages } }));
}

function ensure(path = `${join(root, 'bin')}${delimiter}${process.env.PATH}`) {
  const script =
    'const { ensureNodeModules } = await import(process.argv[1]); ensureNodeModules(process.argv[2]);';
  return spawnSync(process.execPath, ['--input-type=module', '-e', script, url, root], {
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
  });
}

const calls = async () =>
  existsSync(join(root, 'called')) ? (await readFile(join(root, 'called'), 'utf8')).trim().split('\n') : [];

// npm is a script of the shell here.
describe.skipIf(process.platform === 'win32')('what the project stands on', () => {
  test('is installed where it is missing, for development too, and only once', async () => {
    const first = ensure();
    expect(first.status).toBe(0);
    expect(first.stdout).toBe('Installing dependencies (once, and again when they change) …\n');
    expect(await calls()).toEqual([expect.stringMatching(/^ci --include=dev /)]);
    expect(ensure().stdout).toBe('');
    expect(await calls()).toHaveLength(1);
  });

  test('is installed again when the lock file wants another version or one more', async () => {
    ensure();
    await wants({ 'node_modules/a': { version: '1.0.1' } });
    ensure();
    expect(await calls()).toHaveLength(2);
    await wants({ 'node_modules/a': { version: '1.0.1' }, 'node_modules/b': { version: '2.0.0' } });
    ensure();
    expect(await calls()).toHaveLength(3);
  });

  test('is installed again when an install was cut short', async () => {
    ensure();
    await writeFile(join(root, 'node_modules/.package-lock.json'), '{"packages":');
    ensure();
    expect(await calls()).toHaveLength(2);
  });

  test('may lack what is for other platforms', async () => {
    ensure();
    await wants({
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0', optional: true },
    });
    expect(ensure().stdout).toBe('');
  });

  test('that cannot be installed is said, and ends the start', async () => {
    await npmIs('echo "npm error: no network" >&2; exit 1');
    const { status, stderr } = ensure();
    expect(status).toBe(1);
    expect(stderr).toBe(
      'npm error: no network\nThe dependencies could not be installed; npm says why above.\n',
    );
  });

  test('without an npm to install it is said too', () => {
    const { status, stderr } = ensure('/nowhere');
    expect(status).toBe(1);
    expect(stderr).toBe('The dependencies could not be installed: there is no npm (spawnSync npm ENOENT).\n');
  });
});
