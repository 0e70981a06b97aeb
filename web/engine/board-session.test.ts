import { expect, test } from 'vitest';
import type { Down } from '../../protocol/down.ts';
import { LINK_TRIES } from './backoff.ts';
import { makeBoardSession } from './board-session.ts';
import type { Connection, ConnectionStatus, Reply, Request } from './connection.ts';
import { makeEmitter } from './emitter.ts';
import { makeVirtualClock } from './testing/virtual-clock.ts';

const UPLOAD = 'u'.repeat(22);
const SECRET = 's'.repeat(22);

/** A connection that is online and whose answers the test gives by hand. */
function handConnection() {
  const messages = makeEmitter<Down>();
  const statuses = makeEmitter<ConnectionStatus>();
  const asked: Array<{ message: Request; answer: (reply: Reply) => void }> = [];
  const connection: Connection = {
    request: (message) => new Promise((answer) => asked.push({ message, answer })),
    status: () => ({ state: 'online' }),
    serverNowMs: () => 0,
    onMessage: messages.on,
    onStatus: statuses.on,
    tryNow() {},
    settled: () => Promise.resolve(),
    rename() {},
    reconnect() {},
    close() {},
  };
  return { connection, asked, broadcast: messages.emit, online: () => statuses.emit({ state: 'online' }) };
}

const frozenClock = { nowMs: () => 0, after: () => () => {} };

function stripe(rev: number, done: string) {
  return { s: 0, rev, known: 'f', done, credits: [], leases: [] };
}

function snapshot(rev: number, done: string): Reply {
  return {
    state: 'answered',
    message: {
      type: 'board',
      re: 1,
      upload: UPLOAD,
      role: 'helper',
      device: 2,
      file: { name: 'x', sizeBytes: 20_000_000, type: '' },
      partBytes: 5_242_880,
      createdAtMs: 0,
      expiresAtMs: 1,
      state: { state: 'open' },
      proven: false,
      stripes: [stripe(rev, done)],
      devices: [{ number: 2, name: 'phone', role: 'helper', online: true }],
    },
  };
}

async function opened() {
  const hand = handConnection();
  const session = makeBoardSession(hand.connection, frozenClock, () => 0, { kind: 'join', secret: SECRET });
  return { ...hand, session };
}

test('what is broadcast while the snapshot is on its way is not lost', async () => {
  const { session, asked, broadcast } = await opened();
  broadcast({ type: 'stripes', upload: UPLOAD, stripes: [stripe(8, '7')] });
  broadcast({
    type: 'device',
    upload: UPLOAD,
    device: { number: 3, name: 'tablet', role: 'helper', online: true },
  });
  asked[0]?.answer(snapshot(7, '3'));
  await Promise.resolve();
  expect(session.board()?.replica.doneParts()).toBe(3);
  expect(session.board()?.members.get(3)?.name).toBe('tablet');
});

test('an older broadcast that overtook the snapshot changes nothing', async () => {
  const { session, asked, broadcast } = await opened();
  broadcast({ type: 'stripes', upload: UPLOAD, stripes: [stripe(6, '1')] });
  asked[0]?.answer(snapshot(7, '3'));
  await Promise.resolve();
  expect(session.board()?.replica.doneParts()).toBe(2);
});

test('a device that came while the board is opened again stays', async () => {
  const { session, asked, broadcast, online } = await opened();
  asked[0]?.answer(snapshot(7, '3'));
  await Promise.resolve();
  online();
  broadcast({
    type: 'device',
    upload: UPLOAD,
    device: { number: 3, name: 'tablet', role: 'helper', online: true },
  });
  asked[1]?.answer(snapshot(7, '3'));
  await Promise.resolve();
  expect([...(session.board()?.members.keys() ?? [])]).toEqual([2, 3]);
});

test('a link that the server does not know yet is tried again for a while, and one that it knows as ended is not', async () => {
  const refusal = (value?: 'taken-back'): Reply => ({
    state: 'refused',
    error: { kind: 'not-admitted', message: 'no', ...(value ? { value } : {}) },
  });
  const hand = handConnection();
  const clock = makeVirtualClock();
  const session = makeBoardSession(hand.connection, clock, () => 0, { kind: 'join', secret: SECRET });
  const { asked } = hand;
  asked[0]?.answer(refusal());
  await clock.pass(3_000);
  expect(asked).toHaveLength(2);
  asked[1]?.answer(snapshot(7, '3'));
  await clock.pass(60_000);
  expect(session.board()?.replica.doneParts()).toBe(2);
  // Once it was open, whatever ends it is no mistake of time.
  session.reopen();
  asked[2]?.answer(refusal('taken-back'));
  await clock.pass(120_000);
  expect(asked).toHaveLength(3);

  const never = handConnection();
  makeBoardSession(never.connection, clock, () => 0, { kind: 'join', secret: SECRET });
  for (let tries = 0; tries < 20; tries++) {
    never.asked[tries]?.answer(refusal());
    await clock.pass(30_000);
  }
  expect(never.asked).toHaveLength(1 + LINK_TRIES);
});

test('what is about another upload is not taken', async () => {
  const { session, asked, broadcast } = await opened();
  asked[0]?.answer(snapshot(7, '3'));
  await Promise.resolve();
  broadcast({ type: 'stripes', upload: 'v'.repeat(22), stripes: [stripe(9, 'f')] });
  expect(session.board()?.replica.doneParts()).toBe(2);
});

test('[R3] who hears of the finish and lacks parts asks for a snapshot, once', async () => {
  const hand = handConnection();
  const clock = makeVirtualClock();
  const session = makeBoardSession(hand.connection, clock, () => 0, { kind: 'join', secret: SECRET });
  const { asked, broadcast } = hand;
  asked[0]?.answer(snapshot(7, '3'));
  await clock.pass(0);
  broadcast({ type: 'state', upload: UPLOAD, state: { state: 'finished', finishedAtMs: 1, sha256: 'x' } });
  await clock.pass(60_000);
  expect(asked.slice(1).map(({ message }) => message.type)).toEqual(['join']);
  asked[1]?.answer(snapshot(9, 'f'));
  await clock.pass(60_000);
  expect(session.board()?.replica.isFull()).toBe(true);
  expect(session.board()?.state.state).toBe('finished');
  expect(asked).toHaveLength(2);
});

test('[R3] who has all parts when it hears of the finish asks for nothing', async () => {
  const hand = handConnection();
  const clock = makeVirtualClock();
  makeBoardSession(hand.connection, clock, () => 0, { kind: 'join', secret: SECRET });
  hand.asked[0]?.answer(snapshot(7, 'f'));
  await clock.pass(0);
  const state = { state: 'finished', finishedAtMs: 1, sha256: 'x' } as const;
  hand.broadcast({ type: 'state', upload: UPLOAD, state });
  await clock.pass(60_000);
  expect(hand.asked).toHaveLength(1);
});

test('a finished upload stays finished, whatever comes late', async () => {
  const { session, asked, broadcast } = await opened();
  asked[0]?.answer(snapshot(7, '3'));
  await Promise.resolve();
  broadcast({ type: 'state', upload: UPLOAD, state: { state: 'finished', finishedAtMs: 1, sha256: 'x' } });
  broadcast({ type: 'state', upload: UPLOAD, state: { state: 'finishing', untilMs: 9 } });
  expect(session.board()?.state.state).toBe('finished');
});
