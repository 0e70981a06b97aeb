/**
 * Serves a store on a random loopback port until it is killed: the other process of the crash tests and of the
 * measurement. `node --import tsx object-store.child.ts FOLDER`; says `PORT\n` on standard output when it is up.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeObjectStore } from './object-store.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('expected the folder as the only argument');

const store = await makeObjectStore({
  folder,
  bucket: 'tributary',
  region: 'us-east-1',
  credentials: { accessKeyId: 'local-key', secretAccessKey: 'local-secret' },
  basePath: '/s3',
  nowMs: Date.now,
  log: (entry) => process.stderr.write(`${JSON.stringify(entry)}\n`),
});

const server = createServer((request, response) => {
  // What the memory test and the measurement look at.
  if (request.url === '/memory') response.end(JSON.stringify(process.memoryUsage()));
  else store.listener(request, response);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
