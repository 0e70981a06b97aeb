import { expect, test } from 'vitest';
import { makeReplica } from '../../protocol/board/replica.ts';
import { decodeDown } from '../../protocol/codec.ts';
import type { Down } from '../../protocol/down.ts';
import { MAX_FRAME_BYTES } from '../../protocol/limits.ts';
import { stripeFromWire } from '../../protocol/messages/board.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import { makeBigBoard } from '../../test/support/big-board.ts';
import { NOW_MS } from '../../test/support/half-way.ts';
import { secretHash, shareIdOf } from '../hashing.ts';
import { OPEN_RULES } from '../rules.ts';
import { onFrame } from './dispatch.ts';

const SECRET = 'a-secret-of-22-letters';

/** Joins half way, and answers with each frame that the new device gets. */
async function framesOfJoin(parts: number, devices: number) {
  const frames: string[] = [];
  const connection = 'newcomer=';
  const board = await makeBigBoard({
    parts,
    devices,
    sockets: {
      async post(to, frame) {
        if (to === connection) frames.push(frame);
        return 'sent';
      },
      async close() {},
      async isThere() {
        return true;
      },
    },
  });
  const { ports, meta } = board;
  await ports.shares.add({
    upload: meta.upload,
    share: shareIdOf(SECRET),
    secretHash: secretHash(SECRET),
    role: 'helper',
    name: 'guests',
    isMakers: false,
    createdAtMs: NOW_MS,
    expiresAtMs: meta.expiresAtMs,
    limitBytes: undefined,
  });
  const context = { ports, connection, host: 'local', sourceIp: '', rules: OPEN_RULES };
  const say = async (message: object) => {
    const answer = await onFrame(context, JSON.stringify(message));
    return answer ?? '';
  };
  const device = { key: SECRET, name: 'Phone of the last guest' };
  await say({ type: 'hello', id: 1, version: PROTOCOL_VERSION, device });
  const answer = await say({ type: 'join', id: 2, secret: SECRET });
  return { board, frames: [answer, ...frames] };
}

function messageOf(frame: string): Down {
  const decoded = decodeDown(frame);
  if (!decoded.ok) throw new Error(`expected a message; got ${JSON.stringify(decoded.error)}`);
  return decoded.message;
}

test('a board of 10,000 parts and 200 devices, half way, comes whole in two frames of 32 KB at most', async () => {
  const { board, frames } = await framesOfJoin(10_000, 200);
  expect(frames).toHaveLength(2);
  for (const frame of frames) expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(MAX_FRAME_BYTES);

  const replica = makeReplica(board.geometry);
  const messages = frames.map(messageOf);
  for (const message of messages) {
    if (message.type !== 'board' && message.type !== 'stripes') continue;
    for (const stripe of message.stripes) replica.merge(stripeFromWire(stripe));
  }
  expect(board.stripes.map(({ s }) => replica.stripe(s))).toEqual(board.stripes);
  const devices = messages.flatMap((message) => (message.type === 'board' ? message.devices : []));
  expect(devices.map(({ number }) => number)).toEqual(Array.from({ length: 201 }, (_, i) => i + 1));
});

test('an ordinary board comes in one frame', async () => {
  const { frames } = await framesOfJoin(2_000, 5);
  expect(frames).toHaveLength(1);
});
