import { cp, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import sirv from 'sirv';

/**
 * A running server has the page for itself: the one that belongs to it, while the next one is being built. (sirv lists
 * the files once; one that is gone when it is asked for would end the process.)
 */
export async function copyPage(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true });
}

/** The built page. What Vite names by its content may be kept for ever, the rest is asked for anew. */
export function makePage(folder: string): RequestListener {
  const serve = sirv(folder, {
    etag: true,
    setHeaders(response, path) {
      const isHashed = path.startsWith('/assets/');
      response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      response.setHeader('X-Content-Type-Options', 'nosniff');
      response.setHeader('Referrer-Policy', 'no-referrer');
    },
  });
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
      return;
    }
    // Nothing here is long enough for it, and a range that ends before it starts makes sirv throw.
    delete request.headers.range;
    serve(request, response, () => {
      response
        .writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' })
        .end('There is no such page here.\n');
    });
  };
}
