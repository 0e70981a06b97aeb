import { afterEach, describe, expect, test } from 'vitest';
import { isRoute, type Rig, startRig } from './gateway-rig.ts';

let rig: Rig | undefined;
afterEach(() => rig?.stop());

async function start(options: Parameters<typeof startRig>[0] = {}): Promise<Rig> {
  rig = await startRig(options);
  return rig;
}

describe('a connection', () => {
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
