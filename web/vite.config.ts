import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';
import { shellList } from './build/shell-list.ts';
import { withoutDescriptions } from './build/without-descriptions.ts';

/** Not the service worker, which is a script of its own. */
const isOfPage = (id: string) => !/service-worker\.ts/.test(id);
const SERVER = 'http://127.0.0.1:8080';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative, so that the page works under any path.
  base: './',
  plugins: [withoutDescriptions(), solid(), shellList()],
  resolve: {
    alias: [{ find: /^zod$/, replacement: fileURLToPath(new URL('build/small-zod.ts', import.meta.url)) }],
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // For the check of its size, and for the service worker's list.
    manifest: true,
    target: 'baseline-widely-available',
    // A data: address would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Whoever starts it for the first time on a busy machine would read how long our plugins took.
      checks: { bundlerTimings: false },
      input: {
        index: fileURLToPath(new URL('index.html', import.meta.url)),
        'service-worker': fileURLToPath(new URL('service-worker.ts', import.meta.url)),
      },
      output: {
        // Its address says what it answers for, so it has to be beside the page, under a name that stays.
        entryFileNames: ({ name }) =>
          name === 'service-worker' ? 'service-worker.js' : 'assets/[name]-[hash].js',
        codeSplitting: {
          // Over a line with latency each small file more costs as much as a large one.
          groups: [
            { name: 'page', tags: ['$initial'], test: isOfPage },
            { name: 'drawing', test: /ui\/(chart-paths|swatch|palette|grid-painter|grid-facts)\.tsx?$/ },
          ],
        },
      },
    },
  },
  worker: { format: 'es' },
  server: {
    proxy: {
      '/ws': { target: SERVER, ws: true },
      '/s3': SERVER,
      '/address': SERVER,
      '/config.json': SERVER,
    },
  },
});
