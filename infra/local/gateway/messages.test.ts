import { afterEach, describe, expect, test } from 'vitest';
import { isRoute, makeGate, type Rig, startRig } from './gateway-rig.ts';

let rig: Rig | undefined;
afterEach(() => rig?.stop());

async function start(options: Parameters<typeof startRig>[0] = {}): Promise<Rig> {
  rig = await startRig(options);
  return rig;
}

const ID = /^[\w-]{15}=$/;

describe('$default', () => {
  test('carries the body and no headers, and its answer goes back to the sender', async () => {
    const { connect, event, events } = await start({
      handler: async ({ body }) => ({ statusCode: 200, body: `echo ${body}` }),
    });
    const { socket, next } = await connect();
    socket.send('{"hello":"ü"}');
    expect(await next()).toBe('echo {"hello":"ü"}');
    const message = await event(isRoute('$default'));
    expect(message).toEqual({
      requestContext: expect.objectContaining({
        routeKey: '$default',
        eventType: 'MESSAGE',
        messageId: expect.stringMatching(ID),
        connectionId: events[0]?.requestContext.connectionId,
        connectedAt: events[0]?.requestContext.connectedAt,
      }),
      body: '{"hello":"ü"}',
      isBase64Encoded: false,
    });
  });

  test('sends nothing back when the answer has no body', async () => {
    const { connect } = await start({
      handler: async ({ body }) =>
        body === 'speak' ? { statusCode: 200, body: 'spoken' } : { statusCode: 200 },
    });
    const { socket, next } = await connect();
    socket.send('hush');
    socket.send('speak');
    expect(await next()).toBe('spoken');
  });

  test.each([
    ['fails', () => Promise.reject(new Error('the secret is sesame'))],
    ['throws at once', () => JSON.parse('sesame')],
    ['answers with something else', async () => 'sesame' as never],
    [
      'answers with more than a message can hold',
      async () => ({ statusCode: 200, body: 'x'.repeat(131_073) }),
    ],
  ])('tells the sender in the words of API Gateway that the handler %s', async (_, handle) => {
    const { connect, event, entries } = await start({
      handler: async (message) => (message.body === undefined ? { statusCode: 200 } : handle()),
    });
    const { socket, next } = await connect();
    socket.send('open sesame');
    const { connectionId, requestId } = (await event(isRoute('$default'))).requestContext;
    expect(await next()).toBe(
      `{"message": "Internal server error", "connectionId":"${connectionId}", "requestId":"${requestId}"}`,
    );
    expect(entries).toContainEqual(
      expect.objectContaining({ kind: 'gateway-integration-failed', connectionId, requestId }),
    );
    expect(JSON.stringify(entries)).not.toContain('sesame');
  });

  test('runs for several messages of one connection at once', async () => {
    const gate = makeGate();
    const { connect, event } = await start({
      handler: async ({ body }) => {
        if (body === 'first') await gate.opened;
        return { statusCode: 200, body: body ?? '' };
      },
    });
    const { socket, next } = await connect();
    socket.send('first');
    await event(({ body }) => body === 'first');
    socket.send('second');
    expect(await next()).toBe('second');
    gate.open();
    expect(await next()).toBe('first');
  });

  test('runs for no more messages of one connection at once than the limit, and for all in the end', async () => {
    const gate = makeGate();
    let running = 0;
    let most = 0;
    const { connect, event } = await start({
      limits: { maxMessagesUnderWay: 3 },
      handler: async ({ body = '' }) => {
        most = Math.max(most, ++running);
        if (body.startsWith('held')) await gate.opened;
        running--;
        return { statusCode: 200, body };
      },
    });
    const flooder = await connect();
    const bodies = Array.from({ length: 500 }, (_, i) => `held ${i} ${'x'.repeat(30_000)}`);
    for (const body of bodies) flooder.socket.send(body);
    await event(({ body }) => body?.startsWith('held 2 ') === true);
    const other = await connect();
    for (let i = 0; i < 50; i++) {
      other.socket.send('free');
      expect(await other.next()).toBe('free'); // the flooder blocks nobody else
    }
    expect(flooder.socket.bufferedAmount).toBeGreaterThan(0); // what is beyond the limit stays with its sender
    gate.open();
    const answers = await Promise.all(bodies.map(() => flooder.next()));
    expect(answers.sort()).toEqual(bodies.sort());
    expect(most).toBeLessThanOrEqual(4); // three of the flooder and one of the other
  });
});

describe('a message', () => {
  const echo = async ({ body = '' }) => ({ statusCode: 200, body: String(body.length) });

  test('of 128 KB in frames of 32 KB is taken', async () => {
    const { connect } = await start({ handler: echo });
    const { socket, next } = await connect();
    const frame = 'x'.repeat(32_768);
    for (let i = 0; i < 4; i++) socket.send(frame, { fin: i === 3 });
    expect(await next()).toBe('131072');
  });

  test('over 128 KB closes the connection with 1009', async () => {
    const { connect, event } = await start({ handler: echo });
    const { socket, closed } = await connect();
    const frame = 'x'.repeat(32_768);
    for (let i = 0; i < 5; i++) socket.send(i === 4 ? 'x' : frame, { fin: i === 4 });
    expect((await closed).code).toBe(1009);
    expect((await event(isRoute('$disconnect'))).requestContext.disconnectStatusCode).toBe(1009);
  });

  test('in a frame over 32 KB closes the connection with 1009 and does not reach the handler', async () => {
    const { connect, event, events } = await start({ handler: echo });
    const { socket, closed } = await connect();
    socket.send('x'.repeat(32_769));
    expect(await closed).toEqual({ code: 1009, reason: 'Message too big' });
    expect((await event(isRoute('$disconnect'))).requestContext.disconnectStatusCode).toBe(1009);
    expect(events.some(isRoute('$default'))).toBe(false);
  });

  test('in binary closes the connection with 1003', async () => {
    const { connect, events } = await start({ handler: echo });
    const { socket, closed } = await connect();
    socket.send(Buffer.from('binary'));
    expect((await closed).code).toBe(1003);
    expect(events.some(isRoute('$default'))).toBe(false);
  });

  test('that is not UTF-8 closes the connection with 1007', async () => {
    const { connect, event } = await start({ handler: echo });
    const { socket, closed } = await connect();
    socket.send(Buffer.from([0xff]), { binary: false });
    expect((await closed).code).toBe(1007);
    expect((await event(isRoute('$disconnect'))).requestContext.disconnectStatusCode).toBe(1007);
  });
});
