import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port of loopback on which nothing listens, for a program that cannot be told to look for one itself. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('expected a port');
  return address.port;
}
