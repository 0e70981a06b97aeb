/**
 * Serves the page where there is no network, and takes files that other apps share with it. It answers for the files of
 * the page alone: sockets, uploads and all else go their way as if it were not there.
 */
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Told extends Event {
  data: unknown;
  source: { postMessage(message: unknown): void } | null;
}
interface WorkerScope {
  registration: { scope: string };
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
  addEventListener(type: 'message', listener: (event: Told) => void): void;
}

const worker = self as unknown as WorkerScope;
/** Filled in by the build: paths below the scope. */
const SHELL = '%SHELL%'.split(' ');
const { scope } = worker.registration;
const shell = new Set(SHELL.map((path) => new URL(path, scope).href));
const CACHE = `shell ${SHELL.join(' ')}`;
/** A network that takes longer than this to answer for the page is as good as none. */
const NETWORK_WITHIN_MS = 4_000;
const SHARE_TARGET = new URL('share-target', scope).href;
/** The page that was opened for shared files asks for them well within this. */
const KEEP_SHARED_MS = 60_000;

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...shell])));
});

// The new one takes over once no page of the old one is left: until then that one loads the rest of itself from here.
worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))),
      ),
  );
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  url.search = '';
  url.hash = '';
  if (request.method === 'POST' && url.href === SHARE_TARGET) return event.respondWith(takeShared(event));
  if (request.method !== 'GET' || !shell.has(url.href)) return;
  event.respondWith(
    request.mode === 'navigate' ? networkFirst(request, url.href) : cacheFirst(request, url.href),
  );
});

/** The page itself as the server has it now, so that nobody stays on an old one. */
async function networkFirst(request: Request, href: string): Promise<Response> {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(NETWORK_WITHIN_MS) });
  } catch (error) {
    const kept = await caches.match(href, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

/** What is named by its content does not change. */
async function cacheFirst(request: Request, href: string): Promise<Response> {
  return (await caches.match(href, { ignoreVary: true })) ?? fetch(request);
}

let shared: File[] = [];
let handOver = () => {};

/** Keeps the files in hand until the page, which is opened by the answer, asks for them. Nothing of them is copied. */
async function takeShared(event: Fetching): Promise<Response> {
  const form = await event.request.formData();
  shared = [...shared, ...form.getAll('file').filter((entry): entry is File => entry instanceof File)];
  event.waitUntil(
    new Promise<void>((resolve) => {
      handOver = resolve;
      setTimeout(resolve, KEEP_SHARED_MS);
    }),
  );
  return Response.redirect(scope, 303);
}

worker.addEventListener('message', ({ data, source }) => {
  if (data !== 'shared?' || shared.length === 0) return;
  source?.postMessage({ shared });
  shared = [];
  handOver();
});
