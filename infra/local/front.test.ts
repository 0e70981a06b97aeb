import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { makeDoor } from './door.ts';
import { closeServer, listen } from './edge.ts';
import { type FrontRoutes, makeFront } from './front.ts';
import type { Health } from './health.ts';

let server: Server | undefined;
afterEach(async () => {
  if (server) await closeServer(server);
});

async function open(routes: Partial<FrontRoutes> = {}): Promise<number> {
  server = makeFront({
    objectStore: undefined,
    page: (request, response) => response.end(`page ${request.url}`),
    config: { socketUrl: 'ws' },
    health: async () => ({ ok: true, version: '1' }),
    lan: () => ['http://192.0.2.7:8080'],
    door: makeDoor([], 'machine'),
    upgrade: (_request, socket) => socket.end('upgraded'),
    ...routes,
  });
  await listen(server, 0, '127.0.0.1');
  return (server.address() as AddressInfo).port;
}

describe('GET /healthz', () => {
  test.each<[Health, number]>([
    [{ ok: true, version: '1' }, 200],
    [{ ok: false, version: '1', failing: ['the store: gone'] }, 503],
  ])('of %j is %i', async (health, status) => {
    const port = await open({ health: async () => health });
    const response = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect(response.status).toBe(status);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual(health);
  });
});

test('an address that opens more connections than it may is hung up on, and the others are not', async () => {
  const peers = ['flood', 'flood', 'flood', undefined, 'somebody', 'flood'];
  const port = await open({ connectionsAtOnce: 2, peerOf: () => peers.shift() });
  const dial = async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await once(socket, 'connect');
    socket.write('GET / HTTP/1.1\r\n');
    return { socket, closed };
  };
  const first = await dial();
  const second = await dial();
  const third = await dial();
  const here = await dial();
  const other = await dial();
  await third.closed;
  const answered = async ({ socket }: typeof first) => {
    socket.write('Host: localhost\r\n\r\n');
    expect(String(await once(socket, 'data').then(([data]) => data))).toMatch(/^HTTP\/1.1 200/);
  };
  for (const line of [first, second, here, other]) await answered(line);
  // Who has left makes room.
  first.socket.end();
  await first.closed;
  await answered(await dial());
});

describe('one port carries', () => {
  const store = {
    listener: ((_request, response) => response.end('store')) as FrontRoutes['page'],
    continueListener: ((_request, response) => {
      response.writeHead(403).end();
    }) as FrontRoutes['page'],
  };

  test('the store, the page, and the addresses for other devices', async () => {
    const port = await open({ objectStore: store });
    const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    expect(await get('/s3/tributary/key?uploadId=1')).toBe('store');
    expect(await get('/s3')).toBe('page /s3');
    expect(await get('/?x#y')).toBe('page /?x');
    expect(await get('/address')).toBe('{"lan":["http://192.0.2.7:8080"]}');
    expect(await get('/config.json')).toBe('{"socketUrl":"ws"}');
  });

  test('no store where that is elsewhere', async () => {
    const port = await open();
    expect(await (await fetch(`http://127.0.0.1:${port}/s3/tributary/key`)).text()).toContain('page');
  });

  test('what the store refuses before a body is sent, and what others are sent with the same question', async () => {
    const port = await open({ objectStore: store });
    const asked = async (path: string) => {
      const socket = connect(port, '127.0.0.1');
      socket.write(
        `PUT ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`,
      );
      const [first] = await once(socket, 'data');
      socket.destroy();
      return String(first).split('\r\n', 1)[0];
    };
    expect(await asked('/s3/tributary/key')).toBe('HTTP/1.1 403 Forbidden');
    expect(await asked('/other')).toBe('HTTP/1.1 100 Continue');
  });
});

describe('an upgrade', () => {
  const upgrade = (path: string) =>
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
  const answer = async (port: number, path: string) => {
    const socket = connect(port, '127.0.0.1');
    socket.write(upgrade(path));
    const [first] = await once(socket, 'data');
    socket.destroy();
    return String(first).split('\r\n', 1)[0];
  };

  test('is for the gateway at /ws, and refused elsewhere', async () => {
    const port = await open();
    expect(await answer(port, '/ws')).toBe('upgraded');
    expect(await answer(port, '/ws?x')).toBe('upgraded');
    expect(await answer(port, '/other')).toBe('HTTP/1.1 404 Not Found');
  });

  test('whose client is gone before the refusal is written does not end the server', async () => {
    const port = await open();
    for (let i = 0; i < 50; i++) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      await new Promise<void>((written) => socket.write(upgrade('/other'), () => written()));
      socket.resetAndDestroy();
      await once(socket, 'close');
    }
    expect(await answer(port, '/other')).toBe('HTTP/1.1 404 Not Found');
  });
});
