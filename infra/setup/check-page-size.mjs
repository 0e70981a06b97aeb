// `npm run check:size`: the JavaScript that a first visit loads before the page is of use, as it is sent.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { ensurePage } from './page.mjs';

const KB = 1_000;
/** What is loaded by whoever comes to choose a file, and by whoever opens a link of an upload. */
const VISITS = [
  {
    name: 'the start',
    entries: ['index.html'],
    compress: gzipSync,
    as: 'gzip',
    budgetBytes: 60 * KB,
  },
  {
    name: 'a link',
    entries: ['index.html', 'ui/board-view.tsx'],
    compress: brotliCompressSync,
    as: 'brotli',
    budgetBytes: 60 * KB,
  },
];

const root = fileURLToPath(new URL('../..', import.meta.url));
await ensurePage(root);
const dist = join(root, 'web/dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

let isOver = false;
for (const { name, entries, compress, as, budgetBytes } of VISITS) {
  const files = [...closure(entries)];
  const sizeBytes = files.reduce((sum, file) => sum + compress(readFileSync(join(dist, file))).length, 0);
  const line = `${name}: ${(sizeBytes / KB).toFixed(1)} KB of JavaScript (${as}), ${budgetBytes / KB} KB at most`;
  if (sizeBytes > budgetBytes) isOver = true;
  console.log(sizeBytes > budgetBytes ? `too large: ${line}` : line);
}
if (isOver) process.exit(1);

/** The files of these chunks and of all that they import from the start; not what they load later. */
function closure(entries, files = new Set()) {
  for (const entry of entries) {
    const chunk = manifest[entry];
    if (!chunk) throw new Error(`expected ${entry} in the page's manifest`);
    if (files.has(chunk.file)) continue;
    files.add(chunk.file);
    closure(chunk.imports ?? [], files);
  }
  return files;
}
