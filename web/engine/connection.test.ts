import { expect, test } from 'vitest';
import { decodeUp, encode } from '../../protocol/codec.ts';
import type { Down } from '../../protocol/down.ts';
import type { ProtocolError } from '../../protocol/messages/error.ts';
import type { Up } from '../../protocol/up.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import { makeConnection, type Reply } from './connection.ts';
import type { SocketEvents } from './ports.ts';
import { makeVirtualClock } from './testing/virtual-clock.ts';

const DEVICE = { key: 'k'.repeat(22), name: 'laptop' };
const UPLOAD = 'u'.repeat(22);
const SERVER_NOW_MS = 1_790_000_000_000;
const LEAVE = { type: 'leave', upload: UPLOAD } as const;

/** A connection whose sockets the test opens, answers and breaks by hand. */
function begun(random = () => 0.5) {
  const clock = makeVirtualClock();
  const sockets: Array<{
    openedMs: number;
    sent: Up[];
    isClosed: boolean;
    events: SocketEvents;
    say(message: Down): void;
  }> = [];
  const connection = makeConnection({
    clock,
    random,
    device: DEVICE,
    openSocket(events) {
      const socket = {
        openedMs: clock.nowMs(),
        sent: [] as Up[],
        isClosed: false,
        events,
        say: (message: Down) => events.frame(encode(message)),
      };
      sockets.push(socket);
      return {
        send(frame) {
          const decoded = decodeUp(frame);
          if (!decoded.ok) throw new Error(`no message: ${frame}`);
          socket.sent.push(decoded.message);
        },
        close() {
          socket.isClosed = true;
        },
      };
    },
  });
  const last = () => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error('expected a socket');
    return socket;
  };
  const welcome = async () => {
    last().events.opened();
    const hello = last().sent.at(-1);
    last().say({ type: 'welcome', re: hello?.id ?? 0, serverNowMs: SERVER_NOW_MS });
    await clock.pass(0);
  };
  const refuseHello = async (error: ProtocolError) => {
    last().events.opened();
    last().say({ type: 'error', re: last().sent.at(-1)?.id ?? 0, error });
    await clock.pass(0);
  };
  const heard: Down[] = [];
  connection.onMessage((message) => heard.push(message));
  return { clock, connection, sockets, last, welcome, refuseHello, heard };
}

test('a line begins with hello, and is there once the server has said welcome', async () => {
  const { connection, last, welcome } = begun();
  last().events.opened();
  expect(last().sent).toEqual([{ type: 'hello', id: 1, version: PROTOCOL_VERSION, device: DEVICE }]);
  expect(connection.status()).toEqual({ state: 'connecting' });
  expect(await connection.request(LEAVE)).toEqual({ state: 'lost' });
  await welcome();
  expect(connection.status()).toEqual({ state: 'online' });
});

test('each request has its own answer, in whatever order the answers come', async () => {
  const { connection, last, welcome, heard } = begun();
  await welcome();
  const replies = [connection.request(LEAVE), connection.request({ type: 'ping' })];
  const [leave, ping] = last().sent.slice(-2);
  const pong: Down = { type: 'pong', re: ping?.id ?? 0, serverNowMs: 1 };
  const error: ProtocolError = { kind: 'not-joined', message: 'not here' };
  last().say(pong);
  last().say({ type: 'error', re: leave?.id ?? 0, error });
  expect(await Promise.all(replies)).toEqual([
    { state: 'refused', error },
    { state: 'answered', message: pong },
  ]);
  expect(heard).toEqual([]);
});

test('what answers nothing is for those who listen, an answer that comes twice among it', async () => {
  const { connection, last, welcome, heard } = begun();
  await welcome();
  const broadcast: Down = { type: 'state', upload: UPLOAD, state: { state: 'open' } };
  last().say(broadcast);
  const reply = connection.request({ type: 'ping' });
  const pong: Down = { type: 'pong', re: last().sent.at(-1)?.id ?? 0, serverNowMs: 1 };
  last().say(pong);
  last().say(pong);
  await reply;
  expect(heard).toEqual([broadcast, pong]);
});

test('what is no message at all is passed over', async () => {
  const { connection, last, welcome, heard } = begun();
  await welcome();
  const words = '{"message":"Internal server error","connectionId":"x","requestId":"y"}';
  for (const frame of ['', '{', words, '{"type":"surprise"}']) last().events.frame(frame);
  expect(heard).toEqual([]);
  expect(connection.status()).toEqual({ state: 'online' });
});

test('a line that breaks loses its requests at once, and another is opened', async () => {
  const { clock, connection, sockets, last, welcome } = begun();
  await welcome();
  const reply = connection.request(LEAVE);
  last().events.closed();
  expect(await reply).toEqual({ state: 'lost' });
  expect(connection.status()).toEqual({ state: 'connecting' });
  await clock.pass(250);
  expect(sockets).toHaveLength(2);
  await welcome();
  expect(connection.status()).toEqual({ state: 'online' });
});

test('a request without an answer for 15 s is lost, and its line with it, whatever the socket believes', async () => {
  const { clock, connection, sockets, last, welcome } = begun();
  await welcome();
  const first = last();
  let reply: Reply | undefined;
  void connection.request(LEAVE).then((got) => {
    reply = got;
  });
  await clock.pass(14_999);
  expect(reply).toBeUndefined();
  await clock.pass(1);
  expect(reply).toEqual({ state: 'lost' });
  expect(first.isClosed).toBe(true);
  await clock.pass(250);
  expect(sockets).toHaveLength(2);
});

test('a line that does not open within 15 s is given up for another', async () => {
  const { clock, sockets, last } = begun();
  const first = last();
  await clock.pass(15_000);
  expect(first.isClosed).toBe(true);
  await clock.pass(250);
  expect(sockets).toHaveLength(2);
});

test('the longer the server is away the rarer the attempts; after a welcome they begin anew', async () => {
  const { clock, sockets, last, welcome } = begun(() => 0.25);
  /** How long until there is another socket, once this one has broken. */
  const gap = async () => {
    const count = sockets.length;
    last().events.closed();
    return clock.passUntil(() => sockets.length > count, 60_000);
  };
  const gaps: number[] = [];
  for (let i = 0; i < 9; i++) gaps.push(await gap());
  expect(gaps).toEqual([125, 250, 500, 1_000, 2_000, 3_750, 3_750, 3_750, 3_750]);
  await welcome();
  expect(await gap()).toBe(125);
});

test('a server that is busy is not asked again sooner than it says', async () => {
  const { clock, connection, sockets, last, refuseHello } = begun();
  await refuseHello({ kind: 'unavailable', message: 'not now', minBackoffMs: 2_000 });
  await clock.pass(2_000);
  expect(sockets).toHaveLength(1);
  await clock.pass(250);
  expect(sockets).toHaveLength(2);
  // Why it waits is told for as long as nothing else is known.
  expect(connection.status()).toEqual({ state: 'connecting', trouble: 'unavailable' });
  last().events.closed();
  expect(connection.status()).toEqual({ state: 'connecting' });
});

test('a page of another version is told so, and does not come back', async () => {
  const { clock, connection, sockets, last, refuseHello } = begun();
  const error: ProtocolError = { kind: 'wrong-version', message: 'Reload the page.' };
  await refuseHello(error);
  expect(connection.status()).toEqual({ state: 'closed', error });
  expect(last().isClosed).toBe(true);
  last().events.closed();
  connection.tryNow();
  await clock.pass(600_000);
  expect(sockets).toHaveLength(1);
  expect(connection.status()).toEqual({ state: 'closed', error });
});

test('a line that has been silent for 40 s is asked whether it lives; without an answer it is replaced', async () => {
  const { clock, sockets, last, welcome } = begun();
  await welcome();
  const pings = () => sockets.flatMap(({ sent }) => sent).filter(({ type }) => type === 'ping').length;
  await clock.pass(39_999);
  expect(pings()).toBe(0);
  await clock.pass(1);
  expect(pings()).toBe(1);
  last().say({ type: 'pong', re: last().sent.at(-1)?.id ?? 0, serverNowMs: 1 });
  await clock.pass(39_999);
  expect([pings(), sockets.length]).toEqual([1, 1]);
  await clock.pass(1);
  expect(pings()).toBe(2);
  await clock.pass(15_250);
  expect(sockets).toHaveLength(2);
});

test('a line on which something is heard now and then is not asked', async () => {
  const { clock, last, welcome } = begun();
  await welcome();
  for (let i = 0; i < 10; i++) {
    await clock.pass(30_000);
    last().say({ type: 'state', upload: UPLOAD, state: { state: 'open' } });
  }
  expect(last().sent.map(({ type }) => type)).toEqual(['hello']);
});

test("the server's time is known from its welcome, half-way between asking and hearing", async () => {
  const { clock, connection, last } = begun();
  await clock.pass(1_000);
  last().events.opened();
  await clock.pass(200);
  last().say({ type: 'welcome', re: 1, serverNowMs: SERVER_NOW_MS });
  await clock.pass(500);
  expect(connection.serverNowMs()).toBe(SERVER_NOW_MS + 100 + 500);
});

test('the network being back, the next attempt is made now, and one that hangs is replaced', async () => {
  const { clock, connection, sockets, last, welcome } = begun();
  for (let i = 0; i < 6; i++) {
    last().events.closed();
    await clock.pass(20_000);
  }
  last().events.closed();
  const before = sockets.length;
  connection.tryNow();
  expect(sockets).toHaveLength(before + 1);
  const hanging = last();
  connection.tryNow();
  expect(hanging.isClosed).toBe(true);
  expect(sockets).toHaveLength(before + 2);
  await welcome();
  expect(sockets).toHaveLength(before + 2);
  expect(connection.status()).toEqual({ state: 'online' });
});

test('a line that is there is asked on that hint, and replaced within 5 s if it died with the old network', async () => {
  const { clock, connection, sockets, last, welcome } = begun();
  await welcome();
  connection.tryNow();
  const [, ping] = last().sent;
  expect(ping).toMatchObject({ type: 'ping' });
  last().say({ type: 'pong', re: (ping as { id: number }).id, serverNowMs: SERVER_NOW_MS });
  await clock.pass(30_000);
  expect(sockets).toHaveLength(1);
  connection.tryNow();
  await clock.pass(5_000);
  expect(connection.status()).toEqual({ state: 'connecting' });
  await clock.pass(500);
  expect(sockets).toHaveLength(2);
});

test('what a line that was given up still says concerns nobody', async () => {
  const { clock, connection, last, welcome, heard } = begun();
  const hanging = last();
  connection.tryNow();
  hanging.events.opened();
  expect([hanging.sent, last().sent]).toEqual([[], []]);
  await welcome();
  hanging.say({ type: 'state', upload: UPLOAD, state: { state: 'open' } });
  hanging.events.closed();
  await clock.pass(1_000);
  expect(heard).toEqual([]);
  expect(connection.status()).toEqual({ state: 'online' });
});

test('closed by its page, a line loses what is under way and nothing is opened any more', async () => {
  const { clock, connection, sockets, last, welcome } = begun();
  await welcome();
  const reply = connection.request(LEAVE);
  connection.close();
  expect(await reply).toEqual({ state: 'lost' });
  expect(last().isClosed).toBe(true);
  last().events.closed();
  await clock.pass(600_000);
  expect(sockets).toHaveLength(1);
  expect(connection.status()).toEqual({ state: 'closed' });
  expect(clock.waiting).toBe(0);
});
