import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { LimitExceededException, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { makeConnection } from './connection.ts';
import { isRoute, makeGate, type Rig, startRig, type TestClient } from './gateway-rig.ts';
import { type HandClock, makeHandClock } from './hand-clock.ts';
import { API_GATEWAY_LIMITS } from './limits.ts';

// Each limit at its real size, on a clock that is turned by hand. Those of API Gateway are at
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

let rig: Rig | undefined;
afterEach(() => rig?.stop());

const echo = async ({ body = '' }: { body?: string }) => ({ statusCode: 200, body });

async function start(
  handler: NonNullable<Parameters<typeof startRig>[0]['handler']> = echo,
): Promise<Rig & HandClock> {
  const clock = makeHandClock();
  rig = await startRig({ handler, nowMs: clock.nowMs, after: clock.after });
  return Object.assign(rig, clock);
}

/** Once it is answered, both its arrival and its answer have been counted as activity. */
async function speak({ socket, next }: TestClient, text = 'still here'): Promise<void> {
  socket.send(text);
  expect(await next()).toBe(text);
}

describe('a connection', () => {
  test('on which nothing is said for 10 minutes closes with 1001, and any message puts that off', async () => {
    const { connect, event, advance } = await start();
    const client = await connect();
    await speak(client);
    advance(10 * MINUTE - 1);
    await speak(client);
    advance(10 * MINUTE - 1);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    await speak(client);
    advance(10 * MINUTE);
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect((await event(isRoute('$disconnect'))).requestContext).toMatchObject({
      eventType: 'DISCONNECT',
      disconnectStatusCode: 1001,
      disconnectReason: 'Going away',
    });
  });

  test('to which nothing but posts go lives on: they are activity, too', async () => {
    const { connect, events, management, advance } = await start();
    const client = await connect();
    await speak(client);
    const { connectionId: ConnectionId = '' } = events[0]?.requestContext ?? {};
    advance(9 * MINUTE);
    await management.send(new PostToConnectionCommand({ ConnectionId, Data: 'news' }));
    expect(await client.next()).toBe('news');
    advance(9 * MINUTE);
    await speak(client);
  });

  test('of 2 hours closes with 1001 however busy it is', async () => {
    const { connect, event, advance } = await start();
    const client = await connect();
    for (let elapsedMs = 0; elapsedMs < 2 * HOUR; elapsedMs += 8 * MINUTE) {
      await speak(client);
      advance(elapsedMs + 8 * MINUTE < 2 * HOUR ? 8 * MINUTE : 8 * MINUTE - 1);
    }
    await speak(client); // a millisecond before it
    advance(1);
    expect((await client.closed).code).toBe(1001);
    expect((await event(isRoute('$disconnect'))).requestContext.disconnectStatusCode).toBe(1001);
  });

  test('that never speaks is closed after 10 seconds, one that has spoken is not', async () => {
    const { connect, advance } = await start();
    const [talker, mute] = [await connect(), await connect()];
    await speak(talker);
    advance(10 * SECOND - 1);
    expect(mute.socket.readyState).toBe(mute.socket.OPEN);
    advance(1);
    expect((await mute.closed).code).toBe(1008);
    await speak(talker);
  });
});

describe('a handler that takes 29 seconds', () => {
  test('has its sender told in the words of API Gateway, what it says then goes nowhere, and the connection lives', async () => {
    let answer = (_: string) => {};
    const { connect, event, advance, entries } = await start(async ({ body = '' }) => ({
      statusCode: 200,
      body: body === 'slow' ? await new Promise<string>((resolve) => (answer = resolve)) : body,
    }));
    const client = await connect();
    client.socket.send('slow');
    const { connectionId, requestId } = (await event(isRoute('$default'))).requestContext;
    advance(29 * SECOND - 1);
    await speak(client); // nothing came before this
    advance(1);
    expect(await client.next()).toBe(
      `{"message": "Internal server error", "connectionId":"${connectionId}", "requestId":"${requestId}"}`,
    );
    expect(entries).toContainEqual(
      expect.objectContaining({
        kind: 'gateway-integration-failed',
        error: 'timed-out',
        integrationMs: 29_000,
      }),
    );
    answer('too late');
    await speak(client);
  });

  test('in $connect refuses the client, as one that fails', async () => {
    const { connect, gateway, event, events, advance } = await start(() => new Promise(() => {}));
    const connecting = connect();
    await event(isRoute('$connect'));
    advance(29 * SECOND);
    await expect(connecting).rejects.toThrow('504');
    await gateway.close();
    expect(events.some(isRoute('$disconnect'))).toBe(false);
  });

  test('sees it come: the context counts down from 29 seconds', async () => {
    const left: number[] = [];
    const clock = makeHandClock();
    rig = await startRig({
      ...clock,
      handler: async (_, context) => {
        left.push(context.getRemainingTimeInMillis());
        clock.advance(5 * SECOND);
        left.push(context.getRemainingTimeInMillis());
        return { statusCode: 200 };
      },
    });
    await rig.connect();
    expect(left).toEqual([29_000, 24_000]);
  });
});

test('what waits for a slow reader is bounded: then posting is a LimitExceededException, and the clock goes on', async () => {
  const { connect, events, management, advance } = await start();
  const client = await connect();
  await speak(client);
  const { connectionId: ConnectionId = '' } = events[0]?.requestContext ?? {};
  client.socket.pause();
  const post = () =>
    management.send(new PostToConnectionCommand({ ConnectionId, Data: 'x'.repeat(131_072) })).then(
      () => undefined,
      (error) => error,
    );
  // The kernel takes some megabytes before anything waits in the gateway.
  let refusal: unknown;
  for (let posted = 0; refusal === undefined && posted < 1_000; posted++) refusal = await post();
  expect(refusal).toBeInstanceOf(LimitExceededException);
  // Refused posts are none: who reads nothing is not kept open by them.
  advance(10 * MINUTE - 1);
  expect(await post()).toBeInstanceOf(LimitExceededException);
  advance(1);
  client.socket.resume();
  expect((await client.closed).code).toBe(1001);
});

test('what waits for one slow reader is 1 MiB at most, to the last message that fits', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const reader = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [[socket]] = (await Promise.all([once(server, 'connection'), once(reader, 'open')])) as [
    [WebSocket],
    unknown,
  ];
  reader.pause();
  const { nowMs, after } = makeHandClock();
  const { post } = makeConnection(
    {
      connectionId: 'slow',
      connectedAtMs: 0,
      stage: 'local',
      domainName: '',
      sourceIp: '127.0.0.1',
      userAgent: undefined,
    },
    socket,
    {
      limits: API_GATEWAY_LIMITS,
      integrate: async () => ({ state: 'answered', statusCode: 200, body: '' }),
      nowMs,
      after,
      track() {},
    },
  );
  const message = Buffer.alloc(1_000, 'x');
  while (post(message) === 'sent');
  expect(socket.bufferedAmount).toBeLessThanOrEqual(1_048_576 + 4); // the last frame's own head is not counted
  expect(socket.bufferedAmount).toBeGreaterThan(1_048_576 - message.length);
  reader.terminate();
  await once(socket, 'close');
  server.close();
});

test('of one connection, 16 messages are under way at once', async () => {
  let held = 0;
  const gate = makeGate();
  const { connect, event } = await start(async ({ body = '' }) => {
    if (body.startsWith('held')) {
      held++;
      await gate.opened;
    }
    return { statusCode: 200, body };
  });
  const flooder = await connect();
  for (let i = 1; i <= 40; i++) flooder.socket.send(`held ${i}`);
  await event(({ body }) => body === 'held 1');
  const other = await connect();
  for (let i = 0; i < 50; i++) await speak(other); // by then a seventeenth would have begun
  const atOnce = held;
  gate.open();
  expect(atOnce).toBe(16);
  for (let i = 1; i <= 40; i++) await flooder.next();
  expect(held).toBe(40);
});

test('the sizes are those of API Gateway: 32 KB a frame, 128 KB a message', () => {
  // What happens beyond them is in messages.test.ts and management.test.ts, which use the same.
  expect(API_GATEWAY_LIMITS).toMatchObject({ maxFrameBytes: 32 * 1_024, maxMessageBytes: 128 * 1_024 });
});
