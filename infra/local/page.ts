import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import sirv from 'sirv';
import { NO_SUCH_PAGE, pageHeaders } from '../../protocol/page-headers.ts';

/**
 * A running server has the page for itself: the one that belongs to it, while the next one is being built. (sirv lists
 * the files once; one that is gone when it is asked for would end the process.)
 */
export async function copyPage(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true });
  await compressBelow(to);
}

const COMPRESSED = /\.(js|css|html|svg|json|webmanifest)$/;
/** Of the most that brotli can do this is a tenth of the time, and nine tenths of the gain. */
const BROTLI_QUALITY = 9;

/** Beside each text, as browsers ask for it: brotli where the origin is trusted, gzip on plain http. */
async function compressBelow(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = entries.filter((entry) => entry.isFile() && COMPRESSED.test(entry.name));
  await Promise.all(
    texts.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      const text = await readFile(path);
      const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
      await writeFile(`${path}.br`, await promisify(brotliCompress)(text, { params }));
      await writeFile(`${path}.gz`, await promisify(gzip)(text));
    }),
  );
}

/** The built page. What Vite names by its content may be kept for ever, the rest is asked for anew. */
export function makePage(folder: string, connectTo: readonly string[] = []): RequestListener {
  const serve = sirv(folder, {
    etag: true,
    brotli: true,
    gzip: true,
    setHeaders(response, path) {
      const isHashed = path.startsWith('/assets/');
      response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return (request, response) => {
    // Not every browser takes `'self'` to mean the socket of the same host.
    const socket = `ws://${request.headers.host}`;
    for (const [name, value] of Object.entries(pageHeaders([socket, ...connectTo]))) {
      response.setHeader(name, value);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
      return;
    }
    // Nothing here is long enough for it, and a range that ends before it starts makes sirv throw.
    delete request.headers.range;
    serve(request, response, () => {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end(NO_SUCH_PAGE);
    });
  };
}
