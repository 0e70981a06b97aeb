import type { Plugin } from 'vite';

/** Where the service worker has the list, and the files of `public/` that belong to the shell. */
const PLACE = '%SHELL%';
const WORKER = 'service-worker.js';
const PUBLIC = ['./', 'favicon.svg', 'manifest.webmanifest', 'icon-192.png'];

/** Writes into the service worker what it keeps for when there is no network: all that the page is built of. */
export function shellList(): Plugin {
  return {
    name: 'shell-list',
    apply: 'build',
    generateBundle(_, bundle) {
      const worker = bundle[WORKER];
      if (worker?.type !== 'chunk') throw new Error(`expected ${WORKER} among what is built`);
      const built = Object.keys(bundle).filter((name) => /^assets\/.*\.(js|css)$/.test(name));
      if (!worker.code.includes(PLACE)) throw new Error(`expected ${PLACE} in ${WORKER}`);
      worker.code = worker.code.replace(PLACE, [...PUBLIC, ...built.sort()].join(' '));
    },
  };
}
