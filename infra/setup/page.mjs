import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the built page is made of. */
const SOURCES = ['web', 'protocol', 'package-lock.json'];
const LEFT_OUT = new Set(['dist', 'node_modules']);

/** Builds the page into web/dist if its sources have changed since. */
export async function ensurePage(root) {
  const stampPath = join(root, 'web/dist/.sources');
  const stamp = digestOf(root);
  if (readIfThere(stampPath) === stamp) return;
  console.log('Building the page …');
  const { build } = await import('vite');
  await build({ configFile: join(root, 'web/vite.config.ts'), logLevel: 'warn' });
  writeFileSync(stampPath, stamp);
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
    .filter(({ name }) => !LEFT_OUT.has(name))
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(root, join(path, entry.name)) : [join(path, entry.name)],
    );
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
