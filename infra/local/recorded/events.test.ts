import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { makeNotifyHandler } from '../../../functions/notify/handler.ts';
import type { Ports } from '../../../functions/ports.ts';
import { makeSocketHandler } from '../../../functions/socket/handler.ts';
import { makeSweepHandler } from '../../../functions/sweep/handler.ts';
import { type Engines, openEngines } from '../../../test/support/finish-scene.ts';
import { ownPartitions } from '../../../test/support/own-partitions.ts';
import { makePortsOn } from '../../../test/support/ports-on-engines.ts';
import { isRoute, type Rig, startRig } from '../gateway/gateway-rig.ts';
import { objectCreatedEvent, scheduledEvent } from '../lambda/aws-events.ts';
import { makeContext } from '../lambda/context.ts';
import { CONNECT, CONTEXT, DISCONNECT, MESSAGE, OBJECT_CREATED, SCHEDULED } from './events.ts';

/** Headers that API Gateway adds to the client's own. */
const ADDED = Object.keys(CONNECT.headers).filter((name) => name.startsWith('X-'));

/** Every path with its type: `requestContext.stage: string`. What headers there are is the client's affair. */
function shapeOf(value: unknown, path = ''): string[] {
  if (/^(multiValueH|h)eaders$/.test(path))
    return [`${path}: ${Array.isArray(Object.values(value ?? {})[0]) ? 'lists' : 'texts'}`];
  if (Array.isArray(value)) return value.flatMap((one) => shapeOf(one, `${path}[]`));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, one]) =>
      shapeOf(one, path === '' ? name : `${path}.${name}`),
    );
  }
  return [`${path}: ${typeof value}`];
}

const sameShape = (made: unknown, recorded: unknown) =>
  expect(shapeOf(made).sort()).toEqual(shapeOf(recorded).sort());

let rig: Rig | undefined;
afterEach(() => rig?.stop());

test('the gateway makes the events of API Gateway: the same paths, of the same types, and no others', async () => {
  rig = await startRig({});
  await rig.connect();
  const ofNoName = rig.events[0];
  sameShape(ofNoName, CONNECT);
  expect(Object.keys(ofNoName?.headers ?? {}).filter((name) => name.startsWith('X-'))).toEqual(ADDED);
  expect(ofNoName?.headers?.['X-Amzn-Trace-Id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);

  const { socket } = await rig.connect('/socket', { headers: { 'User-Agent': 'a browser' } });
  const connect = rig.events[1];
  socket.send(MESSAGE.body);
  const message = await rig.event(isRoute('$default'));
  socket.close();
  await once(socket, 'close');
  const disconnect = await rig.event(isRoute('$disconnect'));
  sameShape(message, MESSAGE);
  sameShape(disconnect, DISCONNECT);
  expect(disconnect.requestContext).toMatchObject({
    disconnectStatusCode: DISCONNECT.requestContext.disconnectStatusCode,
    disconnectReason: DISCONNECT.requestContext.disconnectReason,
  });
  for (const event of [message, disconnect]) {
    expect(event.requestContext.requestTime).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(event.requestContext.connectedAt).toBe(connect?.requestContext.connectedAt);
    expect(event.requestContext.identity.userAgent).toBe('a browser');
  }
  expect(disconnect.headers).toMatchObject({ 'X-Forwarded-For': '', 'x-api-key': '', 'x-restapi': '' });
});

test('the store, the schedule and Lambda make the events and the context of theirs', () => {
  const completed = {
    bucket: 'b',
    key: 'k',
    sizeBytes: 5,
    etag: 'e',
    requestId: 'r',
    region: 'ca-central-1',
    nowMs: 1,
  };
  sameShape(objectCreatedEvent(completed), OBJECT_CREATED);
  sameShape(scheduledEvent('sweep', 'us-east-1', 1), SCHEDULED);
  expect(objectCreatedEvent({ ...completed, nowMs: Date.parse(OBJECT_CREATED.time) }).time).toBe(
    OBJECT_CREATED.time,
  );
  sameShape(makeContext({ functionName: 'f', timeoutMs: 1, nowMs: () => 0 }), CONTEXT);
});

let engines: Engines;
let ports: Ports;
const log: string[] = [];
beforeAll(async () => {
  const opened = await openEngines();
  engines = opened;
  ports = makePortsOn(
    { ...opened, table: ownPartitions(opened.table, 'recorded') },
    {
      nowMs: () => Date.now(),
      log: ({ kind }) => log.push(kind),
      sockets: { post: async () => 'sent', close: async () => {}, isThere: async () => true },
      finisher: { start: async () => {} },
    },
  );
});
afterAll(() => engines.close());

test('the functions take what AWS sends', async () => {
  const socket = makeSocketHandler(ports);
  const says = (body: object) =>
    socket({ ...MESSAGE, body: JSON.stringify(body) } as unknown as Parameters<typeof socket>[0]);
  expect(await socket(CONNECT as unknown as Parameters<typeof socket>[0])).toEqual({ statusCode: 200 });
  const { body } = await says({ type: 'ping', id: 1 });
  expect(body).toBeUndefined(); // who does not begin with hello is cut
  expect(await socket(DISCONNECT as unknown as Parameters<typeof socket>[0])).toEqual({ statusCode: 200 });

  await makeNotifyHandler(ports)(OBJECT_CREATED);
  expect(log).toContain('notice-for-another-object');
  await makeSweepHandler(ports)(SCHEDULED, { getRemainingTimeInMillis: () => 180_000 });
  expect(log).toContain('swept');
});
