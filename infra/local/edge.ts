import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What AWS offers to the functions, for this process only. */
export interface EdgeRoutes {
  connections: RequestListener;
  lambda: RequestListener;
  objectStore: RequestListener | undefined;
}

export const STAGE = 'local';
export const STORE_PATH = '/s3';

/**
 * The endpoints that stand in for AWS, bound to loopback: neither `@connections` nor function calls may be reached
 * from outside this machine.
 */
export async function openEdge(
  routes: () => EdgeRoutes,
): Promise<{ origin: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const { connections, lambda, objectStore } = routes();
    const path = request.url ?? '/';
    if (path.startsWith(`/${STAGE}/`)) return connections(request, response);
    if (path.startsWith('/2015-03-31/')) return lambda(request, response);
    if (objectStore && path.startsWith(`${STORE_PATH}/`)) return objectStore(request, response);
    response.writeHead(404).end();
  });
  await listen(server, 0, '127.0.0.1');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => closeServer(server),
  };
}

export function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
