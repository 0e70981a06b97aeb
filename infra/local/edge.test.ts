import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { closeServer, type EdgeRoutes, listen, openEdge } from './edge.ts';

const cleanUps: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

const named =
  (name: string): RequestListener =>
  (_request, response) =>
    response.end(name);

async function open(objectStore: RequestListener | undefined) {
  const routes: EdgeRoutes = { connections: named('connections'), lambda: named('lambda'), objectStore };
  const edge = await openEdge(() => routes);
  cleanUps.push(edge.close);
  return async (path: string) => {
    const response = await fetch(edge.origin + path);
    return response.status === 200 ? response.text() : response.status;
  };
}

describe('the endpoints that stand in for AWS', () => {
  test('are told apart by their paths', async () => {
    const ask = await open(named('store'));
    expect(await ask('/local/@connections/abc')).toBe('connections');
    expect(await ask('/2015-03-31/functions/finish/invocations')).toBe('lambda');
    expect(await ask('/s3/tributary/key')).toBe('store');
    for (const path of ['/', '/local', '/other/', '/s3']) expect(await ask(path)).toBe(404);
  });

  test('have no store where that is elsewhere', async () => {
    const ask = await open(undefined);
    expect(await ask('/s3/tributary/key')).toBe(404);
  });

  test('are for this machine alone', async () => {
    const edge = await openEdge(() => ({
      connections: named(''),
      lambda: named(''),
      objectStore: undefined,
    }));
    cleanUps.push(edge.close);
    const { hostname, port } = new URL(edge.origin);
    expect(hostname).toBe('127.0.0.1');
    // Whoever listens on all addresses listens on these.
    for (const other of ['127.0.0.2', '[::1]'])
      await expect(fetch(`http://${other}:${port}/`)).rejects.toThrow();
  });
});

test('a port that is taken is an error, not a crash', async () => {
  const first = createServer();
  await listen(first, 0, '127.0.0.1');
  cleanUps.push(() => closeServer(first));
  const { port } = first.address() as AddressInfo;
  await expect(listen(createServer(), port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a server is closed though a client keeps its connection and another waits for an answer', async () => {
  let asked = () => {};
  const request = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const server = createServer((incoming, response) => {
    if (incoming.url === '/silent') asked();
    else response.end();
  });
  await listen(server, 0, '127.0.0.1');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await (await fetch(origin)).text();
  const silent = fetch(`${origin}/silent`);
  const cut = expect(silent).rejects.toThrow();
  await request;
  await closeServer(server);
  await cut;
});
