// The process that holds the table. Plain JavaScript, so that it starts under plain node whatever loader its parent
// runs with. Its arguments are the LevelDB folder, what to answer when the disk is full, and the words by which LevelDB
// says that it is. Tells its parent over IPC, once: `ready` with the port, `locked` (another process has the folder
// open), `failed` (it cannot be opened) or `crashed` later on; of the last two, whether it is that the disk is full.

import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

/** A client that does not take its answer in this time gets none. */
const TELLING_MS = 500;
const MAX_REQUEST_BYTES = 16_777_216; // 16 MiB, DynamoDB's own limit for a request
const [, , folder, noRoom, diskFull] = process.argv;
const DISK_FULL = new RegExp(diskFull, 'i');
const require = createRequire(import.meta.url);

// A parent that dies, even by SIGKILL, closes the channel: leave at once, and with the process goes LevelDB's lock.
process.on('disconnect', () => process.exit());
if (!process.connected) process.exit();

// Ctrl-C reaches the whole process group. The parent still has writes under way then; it says when to end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

let state = 'starting';
let refuse = (response) => response.destroy();
/** Requests that are not answered. */
const unanswered = new Set();
process.on('uncaughtException', async (error) => {
  if (state === 'failing') return;
  const report = state === 'starting' ? startFailure(error) : crash(error);
  state = 'failing';
  if (report.isFull) refuse = refuseForRoom;
  // Not one more is acknowledged, nor of those that come meanwhile: what LevelDB writes behind a record that did not fit,
  // it does not find again.
  const told = [...unanswered].map((response) => refuse(response));
  const tooLate = new Promise((resolve) => setTimeout(resolve, TELLING_MS));
  await Promise.race([Promise.all(told), tooLate]);
  process.send(report, () => process.exit(1));
});

await finishCreations();

const server = require('dynalite')({ path: folder, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
const [dynalite] = server.listeners('request');
server.removeAllListeners('request');

// dynalite rethrows the error of a request that its client aborts in mid-body, which would end this process and
// everybody else's requests with it. So it only gets to see requests that have arrived whole.
server.on('request', (request, response) => {
  if (state === 'failing') return void refuse(response);
  unanswered.add(response);
  response.on('close', () => unanswered.delete(response));
  const chunks = [];
  let sizeBytes = 0;
  request.on('error', () => {});
  request.on('data', (chunk) => {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_REQUEST_BYTES) request.destroy();
    else chunks.push(chunk);
  });
  request.on('end', () => {
    const { method, url, headers } = request;
    const whole = Readable.from(sizeBytes === 0 ? [] : [Buffer.concat(chunks, sizeBytes)]);
    dynalite(Object.assign(whole, { method, url, headers }), response);
  });
});

// Every client is our own and closes its connections itself. An idle time-out here could only cut one that is being
// reused at that moment.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  await firstRead(port);
  state = 'ready';
  process.send({ kind: 'ready', port });
});

/** dynalite opens its database lazily and reports a failure by throwing on first use: use it. */
async function firstRead(port) {
  const credential = 'Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=none';
  await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.DescribeTable',
      'x-amz-date': '20000101T000000Z',
      authorization: `AWS4-HMAC-SHA256 ${credential}`,
      connection: 'close',
    },
    body: JSON.stringify({ TableName: 'none' }),
  }).then((answer) => answer.arrayBuffer());
}

/**
 * dynalite answers CreateTable with a table that is CREATING and makes it ACTIVE in a second write. If the process
 * was killed between the two, nothing would ever make that table usable: do it before dynalite opens the folder.
 */
async function finishCreations() {
  const { Level } = createRequire(require.resolve('dynalite'))('level');
  const level = new Level(folder, { valueEncoding: 'json' });
  await level.open();
  for await (const [key, table] of level.iterator({ gte: 'table~', lt: 'table~\xff' })) {
    if (table.TableStatus === 'CREATING') await level.put(key, { ...table, TableStatus: 'ACTIVE' });
  }
  await level.close();
}

function startFailure({ message, cause }) {
  // dynalite only says "Database is closed", but it opens what opened a moment ago: somebody else was quicker.
  if (cause?.code === 'LEVEL_LOCKED' || message === 'Database is closed') return { kind: 'locked' };
  const reason = cause?.message ?? message;
  return { kind: 'failed', message: reason, isFull: DISK_FULL.test(reason) };
}

/** The answer that the front gives as well, while no process can run. */
function refuseForRoom(response) {
  if (response.headersSent) return response.destroy();
  response.writeHead(507, { 'content-type': 'application/x-amz-json-1.0', connection: 'close' });
  return new Promise((handedOver) => response.end(noRoom, handedOver));
}

/** Name and place only: a message can quote an item. */
function crash(error) {
  const frames = String(error?.stack ?? '').split('\n');
  const at = frames.filter((line) => /^\s+at /.test(line)).slice(0, 8);
  return {
    kind: 'crashed',
    error: error?.name ?? typeof error,
    at: at.map((line) => line.trim()),
    isFull: DISK_FULL.test(error?.message),
  };
}
