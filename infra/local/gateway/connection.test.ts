import { afterEach, describe, expect, test } from 'vitest';
import { isRoute, type Rig, startRig } from './gateway-rig.ts';

let rig: Rig | undefined;
afterEach(() => rig?.stop());

async function start(options: Parameters<typeof startRig>[0] = {}): Promise<Rig> {
  rig = await startRig(options);
  return rig;
}

describe('a connection', () => {
  test('on which nothing is said for too long closes with 1001', async () => {
    const { connect, event } = await start({
      limits: { idleMs: 300 },
      handler: async ({ body = '' }) => ({ statusCode: 200, body }),
    });
    const { socket, next, closed } = await connect();
    socket.send('hello');
    expect(await next()).toBe('hello');
    expect(await closed).toEqual({ code: 1001, reason: 'Going away' });
    expect((await event(isRoute('$disconnect'))).requestContext).toMatchObject({
      eventType: 'DISCONNECT',
      disconnectStatusCode: 1001,
      disconnectReason: 'Going away',
    });
  });

  test('that has lived too long closes with 1001 however busy it is', async () => {
    const { connect } = await start({
      limits: { idleMs: 5_000, lifetimeMs: 300 },
      handler: async ({ body = '' }) => ({ statusCode: 200, body }),
    });
    const { socket, closed } = await connect();
    let answers = 0;
    socket.on('message', () => {
      answers++;
      socket.send('again');
    });
    socket.send('hello');
    expect((await closed).code).toBe(1001);
    expect(answers).toBeGreaterThan(1);
  });

  test('that never speaks is closed, one that has spoken is not', async () => {
    const { connect } = await start({ limits: { firstMessageMs: 300 } });
    const talker = await connect();
    talker.socket.send('hello');
    const mute = await connect();
    expect((await mute.closed).code).toBe(1008);
    expect(talker.socket.readyState).toBe(talker.socket.OPEN);
  });

  test.each([
    ['code and reason', 4001, 'bye', { disconnectStatusCode: 4001, disconnectReason: 'bye' }],
    [
      'no code',
      undefined,
      undefined,
      { disconnectStatusCode: 1005, disconnectReason: 'Client-side close frame status not set' },
    ],
  ])('closed by its client with %s gives one $disconnect that says so', async (_, code, reason, cause) => {
    const { connect, gateway, event, events, entries } = await start();
    const { socket } = await connect();
    socket.close(code, reason);
    const { requestContext } = await event(isRoute('$disconnect'));
    expect(requestContext).toMatchObject({ eventType: 'DISCONNECT', ...cause });
    await gateway.close();
    expect(events.filter(isRoute('$disconnect'))).toHaveLength(1);
    expect(JSON.stringify(entries)).not.toContain('bye');
  });

  test('that breaks off gives one $disconnect with 1006', async () => {
    const { connect, event } = await start();
    (await connect()).socket.terminate();
    expect((await event(isRoute('$disconnect'))).requestContext.disconnectStatusCode).toBe(1006);
  });
});
