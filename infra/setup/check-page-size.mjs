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
    entries: [],
    budgetBytes: 60 * KB,
  },
  {
    name: 'a link',
    entries: ['ui/board-view.tsx'],
    budgetBytes: 60 * KB,
  },
];

const root = fileURLToPath(new URL('../..', import.meta.url));
await ensurePage(root);
const dist = join(root, 'web/dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));
/** What the document itself asks for: its script, and what that imports from the start. */
const html = readFileSync(join(dist, 'index.html'), 'utf8');
const ofDocument = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, file]) => file);
if (ofDocument.length === 0) throw new Error('expected a script in the page’s document; found none');

let isOver = false;
for (const { name, entries, budgetBytes } of VISITS) {
  const files = [...closure(entries, new Set(ofDocument))];
  const sizeOf = (compress) =>
    files.reduce((sum, file) => sum + compress(readFileSync(join(dist, file))).length, 0);
  const sizeBytes = sizeOf(gzipSync);
  const line = `${name}: ${(sizeBytes / KB).toFixed(1)} KB of JavaScript by gzip, ${budgetBytes / KB} KB at most; ${(sizeOf(brotliCompressSync) / KB).toFixed(1)} KB by brotli, in ${files.length} files`;
  if (sizeBytes > budgetBytes) isOver = true;
  console.log(sizeBytes > budgetBytes ? `too large: ${line}` : line);
}
if (isOver) process.exit(1);

/** The files of these chunks and of all that they import from the start; not what they load later. */
function closure(entries, files) {
  for (const entry of entries) {
    const chunk = manifest[entry];
    if (!chunk) throw new Error(`expected ${entry} in the page's manifest`);
    if (files.has(chunk.file)) continue;
    files.add(chunk.file);
    closure(chunk.imports ?? [], files);
  }
  return files;
}
