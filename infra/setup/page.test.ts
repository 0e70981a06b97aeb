import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

// Plain JavaScript without declarations.
const url = new URL('./page.mjs', import.meta.url).href;
const { ensurePage } = (await import(url)) as { ensurePage(root: string): Promise<void> };

let root: string;
/** What it said: that it builds, whenever it does. */
const said = vi.spyOn(console, 'log').mockImplementation(() => {});
// Vite's own word about a build that failed.
vi.spyOn(console, 'error').mockImplementation(() => {});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

const script = (greeting: string) => `document.title = '${greeting}';`;

beforeEach(async () => {
  said.mockClear();
  root = await mkdtemp(join(tmpdir(), 'tributary-build-'));
  const config = { root: join(root, 'web'), base: './', build: { outDir: 'dist', emptyOutDir: true } };
  await write('web/vite.config.ts', `export default ${JSON.stringify(config)};`);
  await write('web/index.html', '<!doctype html><script type="module" src="/main.ts"></script>');
  await write('web/main.ts', script('one'));
  await write('protocol/version.ts', '');
  await write('package.json', '{"type":"module"}');
  await write('package-lock.json', '{}');
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** All that visitors of the page are given. */
async function page(): Promise<string> {
  const assets = await readdir(join(root, 'web/dist/assets'));
  const texts = assets.map((name) => readFile(join(root, 'web/dist/assets', name), 'utf8'));
  return (await Promise.all(texts)).join('');
}

test('the page is built once, and anew whenever something changed that it is made of', async () => {
  await ensurePage(root);
  expect(await page()).toContain('one');
  await ensurePage(root);
  await write('web/main.test.ts', 'of tests it is not made');
  await ensurePage(root);
  expect(said.mock.calls).toEqual([['Building the page …']]);

  await write('web/main.ts', script('two'));
  await ensurePage(root);
  expect(await page()).toContain('two');
  expect(await page()).not.toContain('one');
  expect(said).toHaveBeenCalledTimes(2);
  await write('package-lock.json', '{"changed":true}');
  await ensurePage(root);
  expect(said).toHaveBeenCalledTimes(3);
});

test('a build that fails is an error, leaves the old page as it was, and is done again the next time', async () => {
  await ensurePage(root);
  await write('web/main.ts', 'const = ;');
  await expect(ensurePage(root)).rejects.toThrow('main.ts');
  await expect(ensurePage(root)).rejects.toThrow('main.ts');
  expect(await page()).toContain('one');
  expect((await readdir(join(root, 'web'))).sort()).toEqual([
    'dist',
    'index.html',
    'main.ts',
    'vite.config.ts',
  ]);
});

test('until the new page is whole, the old one is there', async () => {
  await ensurePage(root);
  await write('web/main.ts', script('two'));
  // Vite has written its files when it calls this, and is not done yet.
  await write(
    'web/vite.config.ts',
    `import { cpSync } from 'node:fs';
    const dist = ${JSON.stringify(join(root, 'web/dist'))};
    const writeBundle = () => cpSync(dist, dist + '-seen', { recursive: true });
    export default { root: ${JSON.stringify(join(root, 'web'))}, plugins: [{ name: 'look', writeBundle }] };`,
  );
  await ensurePage(root);
  const seen = await readdir(join(root, 'web/dist-seen/assets'));
  expect(seen).toHaveLength(1);
  expect(await readFile(join(root, 'web/dist-seen/assets', seen[0] ?? ''), 'utf8')).toContain('one');
  expect(await page()).toContain('two');
});

test('a build that was cut short is done again', async () => {
  await ensurePage(root);
  await rm(join(root, 'web/dist/.sources'));
  await rm(join(root, 'web/dist/index.html'));
  await ensurePage(root);
  expect(await readFile(join(root, 'web/dist/index.html'), 'utf8')).toContain('<script');
});

test('two processes that build it at the same moment both end well, with a whole page', async () => {
  const script = 'const { ensurePage } = await import(process.argv[1]); await ensurePage(process.argv[2]);';
  const build = () =>
    spawn(process.execPath, ['--input-type=module', '-e', script, url, root], { stdio: 'ignore' });
  const ends = await Promise.all([build(), build()].map((child) => once(child, 'exit')));
  expect(ends).toEqual([
    [0, null],
    [0, null],
  ]);
  expect(await page()).toContain('one');
});
