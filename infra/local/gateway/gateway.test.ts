import { get } from 'node:http';
import { PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, describe, expect, test } from 'vitest';
import { isRoute, makeGate, type Rig, startRig } from './gateway-rig.ts';

let rig: Rig | undefined;
afterEach(() => rig?.stop());

async function start(options: Parameters<typeof startRig>[0] = {}): Promise<Rig> {
  rig = await startRig(options);
  return rig;
}

const ID = /^[\w-]{15}=$/;

describe('$connect', () => {
  test('carries headers, query and request context in the shape of API Gateway', async () => {
    const { connect, events, port } = await start({ nowMs: () => Date.UTC(2024, 1, 9, 18, 11, 43, 234) });
    await connect('/socket?v=1&v=2&lang=en', {
      headers: {
        'User-Agent': 'test/1', // From a proxy on this machine, which adds whom it speaks for as the last.
        'X-Forwarded-For': '198.51.100.1, 203.0.113.9',
      },
      origin: 'http://127.0.0.1',
    });
    expect(events).toHaveLength(1);
    expect(events[0]).toEqual({
      headers: expect.objectContaining({
        Host: `127.0.0.1:${port}`,
        'User-Agent': 'test/1',
        Origin: 'http://127.0.0.1',
        'X-Forwarded-For': '203.0.113.9',
        'X-Forwarded-Port': String(port),
        'X-Forwarded-Proto': 'http',
      }),
      multiValueHeaders: expect.objectContaining({ Host: [`127.0.0.1:${port}`] }),
      queryStringParameters: { v: '2', lang: 'en' },
      multiValueQueryStringParameters: { v: ['1', '2'], lang: ['en'] },
      requestContext: {
        routeKey: '$connect',
        eventType: 'CONNECT',
        extendedRequestId: expect.stringMatching(ID),
        requestTime: '09/Feb/2024:18:11:43 +0000',
        messageDirection: 'IN',
        stage: 'local',
        connectedAt: 1_707_502_303_234,
        requestTimeEpoch: 1_707_502_303_234,
        identity: { sourceIp: '203.0.113.9', userAgent: 'test/1' },
        requestId: expect.stringMatching(ID),
        domainName: `127.0.0.1:${port}`,
        connectionId: expect.stringMatching(ID),
        apiId: expect.any(String),
      },
      isBase64Encoded: false,
    });
  });

  test('without a query leaves the query out', async () => {
    const { connect, events } = await start();
    await connect();
    expect(events[0]).not.toHaveProperty('queryStringParameters');
  });

  test('runs before the handshake completes, and posting to the connection inside it is 410 Gone', async () => {
    const failures: unknown[] = [];
    const { connect } = await start({
      handler: async ({ requestContext: { routeKey, connectionId: ConnectionId } }) => {
        if (routeKey === '$connect') {
          await rig?.management
            .send(new PostToConnectionCommand({ ConnectionId, Data: 'too early' }))
            .catch((error) => failures.push(error));
        }
        return { statusCode: 200 };
      },
    });
    await connect();
    expect(failures).toEqual([expect.objectContaining({ name: 'GoneException' })]);
  });

  test.each([
    ['an answer of 401', async () => ({ statusCode: 401 }), 401],
    ['an answer that redirects', async () => ({ statusCode: 302 }), 302],
    ['a malformed answer', async () => ({}) as never, 502],
    ['an error', () => Promise.reject(new Error('no')), 502],
  ])('with %s refuses the upgrade, and no $disconnect follows', async (_, handler, status) => {
    const { connect, gateway, events, entries } = await start({ handler });
    await expect(connect()).rejects.toThrow(`Unexpected server response: ${status}`);
    await gateway.close();
    expect(events.map((event) => event.requestContext.routeKey)).toEqual(['$connect']);
    expect(entries).toContainEqual({ kind: 'gateway-refused', status, by: '$connect' });
  });

  test('never hears of an origin that is not allowed', async () => {
    const { connect, events } = await start({
      allowOrigin: (request) => request.headers.origin !== 'http://evil.example',
    });
    await expect(connect('/socket', { origin: 'http://evil.example' })).rejects.toThrow('403');
    expect(events).toEqual([]);
    await connect('/socket', { origin: 'http://good.example' });
  });

  test('never hears of a request that is not a WebSocket handshake', async () => {
    const { events, port } = await start();
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
    const status = await new Promise((resolve) => {
      get({ host: '127.0.0.1', port, path: '/socket', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
    });
    expect(status).toBe(400);
    expect(events).toEqual([]);
  });

  test('that let in a client which has left in the meantime is followed by $disconnect', async () => {
    const gate = makeGate();
    const { connect, event } = await start({
      handler: async ({ requestContext }) => {
        if (requestContext.routeKey === '$connect') await gate.opened;
        return { statusCode: 200 };
      },
    });
    const abort = new AbortController();
    const connecting = connect('/socket', { signal: abort.signal } as object);
    await event(isRoute('$connect'));
    abort.abort();
    await expect(connecting).rejects.toThrow();
    gate.open();
    expect((await event(isRoute('$disconnect'))).requestContext.disconnectStatusCode).toBe(1006);
  });

  test('negotiates no compression', async () => {
    const { connect } = await start();
    const { socket } = await connect('/socket', { perMessageDeflate: true });
    expect(socket.extensions).toBe('');
  });
});

describe('close()', () => {
  test('ends every socket with 1001 and waits for each $disconnect and for messages under way', async () => {
    const gate = makeGate();
    let ended = 0;
    const { connect, gateway, event } = await start({
      handler: async ({ requestContext: { routeKey } }) => {
        if (routeKey === '$default') await gate.opened;
        if (routeKey === '$disconnect') await new Promise(setImmediate);
        if (routeKey !== '$connect') ended++;
        return { statusCode: 200 };
      },
    });
    const clients = await Promise.all([connect(), connect(), connect()]);
    clients[0]?.socket.send('slow');
    await event(isRoute('$default'));
    const closing = gateway.close();
    for (const { closed } of clients) expect((await closed).code).toBe(1001);
    await expect(connect()).rejects.toThrow('503');
    gate.open();
    await closing;
    expect(ended).toBe(4);
  });

  test('cuts a client that does not answer its close frame, even one that answers wait for', async () => {
    const { connect, gateway, event, events } = await start({
      limits: { closeHandshakeMs: 30, maxMessagesUnderWay: 200 },
      handler: async ({ body = '' }) => ({ statusCode: 200, body: body && 'x'.repeat(131_072) }),
    });
    const { socket } = await connect();
    socket.pause();
    for (let i = 1; i <= 200; i++) socket.send(`${i}`); // 25 MiB of answers, more than the kernel buffers
    await event(({ body }) => body === '200');
    await gateway.close();
    expect(events.filter(isRoute('$disconnect'))).toHaveLength(1);
  });

  test('refuses a client whose $connect is under way, and gives it its $disconnect', async () => {
    const gate = makeGate();
    const { connect, gateway, event, events } = await start({
      handler: async ({ requestContext: { routeKey } }) => {
        if (routeKey === '$connect') await gate.opened;
        return { statusCode: 200 };
      },
    });
    const connecting = connect();
    await event(isRoute('$connect'));
    const closing = gateway.close();
    gate.open();
    await expect(connecting).rejects.toThrow('503');
    await closing;
    expect(events.filter(isRoute('$disconnect'))).toHaveLength(1);
  });
});
