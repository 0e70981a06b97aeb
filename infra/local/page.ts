import type { RequestListener } from 'node:http';
import sirv from 'sirv';

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
    serve(request, response, () => {
      response
        .writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' })
        .end('There is no such page here.\n');
    });
  };
}
