import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  GoneException,
  LimitExceededException,
  PayloadTooLargeException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, expect, test } from 'vitest';
import { isRoute, type Rig, startRig, type TestClient } from './gateway-rig.ts';

let rig: Rig | undefined;
afterEach(() => rig?.stop());

async function start(options: Parameters<typeof startRig>[0] = {}): Promise<Rig> {
  rig = await startRig(options);
  return rig;
}

async function connectWithId({ connect, events }: Rig): Promise<TestClient & { ConnectionId: string }> {
  const client = await connect();
  return { ...client, ConnectionId: events.findLast(isRoute('$connect'))?.requestContext.connectionId ?? '' };
}

test('a post arrives as one text message', async () => {
  const started = await start();
  const { ConnectionId, next } = await connectWithId(started);
  await started.management.send(new PostToConnectionCommand({ ConnectionId, Data: '{"part":"ü"}' }));
  expect(await next()).toBe('{"part":"ü"}');
});

test('a post of 128 KB is taken, one byte more is a PayloadTooLargeException', async () => {
  const started = await start();
  const { ConnectionId, next } = await connectWithId(started);
  const { management } = started;
  await management.send(new PostToConnectionCommand({ ConnectionId, Data: 'x'.repeat(131_072) }));
  expect((await next()).length).toBe(131_072);
  await expect(
    management.send(new PostToConnectionCommand({ ConnectionId, Data: 'x'.repeat(131_073) })),
  ).rejects.toBeInstanceOf(PayloadTooLargeException);
});

test('a post counts as activity', async () => {
  let nowMs = 1_000;
  const started = await start({ nowMs: () => nowMs });
  const { ConnectionId, next } = await connectWithId(started);
  nowMs = 61_000;
  await started.management.send(new PostToConnectionCommand({ ConnectionId, Data: 'still there?' }));
  await next();
  const status = await started.management.send(new GetConnectionCommand({ ConnectionId }));
  expect(status.ConnectedAt).toEqual(new Date(1_000));
  expect(status.LastActiveAt).toEqual(new Date(61_000));
  expect(status.Identity?.SourceIp).toBe('127.0.0.1');
});

test('DELETE closes the connection, and everything after it is a GoneException', async () => {
  const started = await start();
  const { ConnectionId, closed } = await connectWithId(started);
  const { management, event } = started;
  await management.send(new DeleteConnectionCommand({ ConnectionId }));
  // Gone from the moment of the answer, whether or not the client has heard of it.
  await expect(
    management.send(new PostToConnectionCommand({ ConnectionId, Data: 'x' })),
  ).rejects.toBeInstanceOf(GoneException);
  expect(await closed).toEqual({ code: 1000, reason: 'Connection Closed Normally' });
  expect((await event(isRoute('$disconnect'))).requestContext).toMatchObject({
    disconnectStatusCode: 1000,
    disconnectReason: 'Connection Closed Normally',
  });
  await expect(management.send(new GetConnectionCommand({ ConnectionId }))).rejects.toBeInstanceOf(
    GoneException,
  );
  await expect(management.send(new DeleteConnectionCommand({ ConnectionId }))).rejects.toBeInstanceOf(
    GoneException,
  );
});

test('posting inside and after $disconnect is a GoneException', async () => {
  const failures: unknown[] = [];
  const post = (ConnectionId: string) =>
    rig?.management
      .send(new PostToConnectionCommand({ ConnectionId, Data: 'too late' }))
      .catch((error) => failures.push(error));
  const started = await start({
    handler: async ({ requestContext: { routeKey, connectionId } }) => {
      if (routeKey === '$disconnect') await post(connectionId);
      return { statusCode: 200 };
    },
  });
  const { ConnectionId, socket } = await connectWithId(started);
  socket.close(1000);
  await started.event(isRoute('$disconnect'));
  await started.gateway.close();
  await post(ConnectionId);
  expect(failures).toEqual([expect.any(GoneException), expect.any(GoneException)]);
});

test('a slow reader gets LimitExceededException, and others their messages', async () => {
  const started = await start({ limits: { maxBufferedBytes: 262_144 } });
  const slow = await connectWithId(started);
  const quick = await connectWithId(started);
  const Data = 'x'.repeat(131_072);
  slow.socket.pause();
  // The kernel buffers some megabytes before any byte waits in the gateway.
  let failure: unknown;
  let posted = 0;
  for (; failure === undefined && posted < 1_000; posted++) {
    await started.management
      .send(new PostToConnectionCommand({ ConnectionId: slow.ConnectionId, Data }))
      .catch((error) => {
        failure = error;
      });
  }
  expect(failure).toBeInstanceOf(LimitExceededException);
  await started.management.send(
    new PostToConnectionCommand({ ConnectionId: quick.ConnectionId, Data: 'quick' }),
  );
  expect(await quick.next()).toBe('quick');
  slow.socket.resume();
  for (let i = 0; i < posted - 1; i++) expect((await slow.next()).length).toBe(131_072);
});

test('a client that sends without reading is no longer read, and is answered in full once it reads', async () => {
  const started = await start({
    limits: { maxMessagesUnderWay: 2 },
    handler: async ({ body }) => ({ statusCode: 200, body: `${body} ${'x'.repeat(100_000)}` }),
  });
  const client = await connectWithId(started);
  client.socket.pause();
  const messages = 300;
  for (let i = 0; i < messages; i++) client.socket.send(String(i).padEnd(1_000));
  const quick = await connectWithId(started);
  quick.socket.send('quick');
  expect(await quick.next()).toMatch(/^quick/);
  // 300 answers of 100 kB do not fit into the kernel's buffers.
  expect(started.events.filter(isRoute('$default')).length).toBeLessThan(messages);
  client.socket.resume();
  const answered = await Promise.all(Array.from({ length: messages }, () => client.next()));
  expect(answered.map((text) => Number.parseInt(text, 10)).sort((a, b) => a - b)).toEqual(
    Array.from({ length: messages }, (_, i) => i),
  );
});

test('the path is matched with the at-sign escaped or not, and any other path is forbidden', async () => {
  const started = await start();
  const { ConnectionId, next } = await connectWithId(started);
  const { endpoint } = started.management.config;
  const { hostname, port } = (await endpoint?.()) ?? { hostname: '', port: 0 };
  const post = (path: string) => fetch(`http://${hostname}:${port}${path}`, { method: 'POST', body: path });
  for (const at of ['@connections', '%40connections']) {
    const path = `/local/${at}/${encodeURIComponent(ConnectionId)}`;
    expect((await post(path)).status).toBe(200);
    expect(await next()).toBe(path);
  }
  const gone = await post('/local/@connections/unknown');
  expect(gone.status).toBe(410);
  expect(gone.headers.get('x-amzn-errortype')).toBe('GoneException');
  for (const path of ['/prod/@connections/x', '/@connections/x', '/local/@connections/%', '/local/x/y/z']) {
    expect((await post(path)).status).toBe(403);
  }
});
