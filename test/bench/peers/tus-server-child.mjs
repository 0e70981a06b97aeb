// A tus server in a process of its own, as Tributary's is. `process.argv[2]` is its folder; tells its port over IPC.
import { createServer } from 'node:http';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';

process.on('disconnect', () => process.exit());
const tus = new Server({ path: '/files', datastore: new FileStore({ directory: process.argv[2] }) });
const server = createServer((request, response) => tus.handle(request, response));
// A GiB takes longer than Node lets a request take.
server.requestTimeout = 0;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
