import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { parseCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { type JournalEntry, newSecret, openJournal } from './journal.ts';
import type { Report } from './report.ts';
import { runDevice } from './run.ts';

const stops: Array<() => unknown> = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A server that answers every first message with this error. */
async function refusing(error: { kind: string; message: string }): Promise<URL> {
  const server = createServer((_, response) => response.end(JSON.stringify({ socketUrl: 'socket' })));
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('message', (frame) => {
      const { id } = JSON.parse(frame.toString());
      socket.send(JSON.stringify({ type: 'error', re: id, error }));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  stops.push(() => server.close());
  stops.push(() => sockets.close());
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

const SILENT: Report = { links() {}, moment() {}, note() {}, end() {} };

test('a server of another version takes nothing from what is remembered of an upload', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'run-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  const page = await refusing({ kind: 'wrong-version', message: 'Another version.' });
  const path = join(folder, 'film.mov');
  await writeFile(path, 'film');
  const command = parseCommand(['create', path, '--server', page.href, '--state', folder]);
  if (command.kind !== 'create') throw new Error('expected a create');
  const names = ['create', page.href, path];
  const entry: JournalEntry = {
    deviceKey: newSecret(),
    secrets: { own: newSecret(), help: newSecret(), watch: newSecret() },
    file: { path, sizeBytes: 4, modifiedAtMs: 1 },
  };
  const before = await openJournal(folder, names);
  await before.save(entry);
  await before.release();

  const { code } = await runDevice(command, SILENT, new Promise(() => {}), {});
  expect(code).toBe(EXIT.notAdmitted);
  const after = await openJournal(folder, names);
  await after.release();
  expect(after.entry?.secrets).toEqual(entry.secrets);
});
