import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the built page is made of. */
const SOURCES = ['web', 'protocol', 'package-lock.json'];
const LEFT_OUT = /^(dist|node_modules|\.building-\d+)$/;
/** In web/dist: the digest of the sources that it was built from. */
const STAMP = '.sources';

/** Builds the page into web/dist if its sources have changed since. Until it is whole, the old one stays. */
export async function ensurePage(root) {
  const dist = join(root, 'web/dist');
  const stamp = digestOf(root);
  if (readIfThere(join(dist, STAMP)) === stamp) return;
  console.log('Building the page …');
  // Its own folder for each process: a server and the tests may be started at the same moment.
  const workshop = join(root, `web/.building-${process.pid}`);
  const outDir = join(workshop, 'dist');
  rmSync(workshop, { recursive: true, force: true });
  // Vite takes what it finds: a page built by a test's server would be one for development, without its service worker.
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  try {
    const { build } = await import('vite');
    await build({ configFile: join(root, 'web/vite.config.ts'), logLevel: 'warn', build: { outDir } });
    writeFileSync(join(outDir, STAMP), stamp);
    renameIfThere(dist, join(workshop, 'old'));
    renameSync(outDir, dist);
  } catch (error) {
    // Somebody else was quicker, with the same.
    if (readIfThere(join(dist, STAMP)) !== stamp) throw error;
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
    rmSync(workshop, { recursive: true, force: true });
  }
}

function digestOf(root) {
  const digest = createHash('sha256');
  for (const path of SOURCES.flatMap((source) => filesBelow(root, source)).sort()) {
    if (/\.(test|contract)\.tsx?$/.test(path)) continue;
    digest
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return digest.digest('hex');
}

function filesBelow(root, path) {
  let entries;
  try {
    entries = readdirSync(join(root, path), { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path];
    throw error;
  }
  return entries
    .filter(({ name }) => !LEFT_OUT.test(name))
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(root, join(path, entry.name)) : [join(path, entry.name)],
    );
}

function renameIfThere(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
