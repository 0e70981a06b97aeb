import { expect, test } from 'vitest';
import type { ProtocolError } from '../../protocol/messages/error.ts';
import type { Connection, Reply, Request } from './connection.ts';
import type { HashOutcome } from './ports.ts';
import { type Proof, prove, verify } from './proving.ts';
import { sha256Of } from './testing/virtual-file.ts';

const UPLOAD = 'u'.repeat(22);
const ERROR: ProtocolError = { kind: 'different-file', message: 'Part 9 differs.', part: 9 };
const CHALLENGE: Reply = { state: 'answered', message: { type: 'challenge', re: 1, parts: [9, 2, 5] } };
const PROVEN: Reply = { state: 'answered', message: { type: 'proven', re: 2 } };

/** Proves to a server that gives these answers, one after the other. */
async function proof(
  replies: Reply[],
  hashOf: (part: number) => HashOutcome = (part) => ({ state: 'hashed', sha256: sha256Of('original', part) }),
): Promise<{ proof: Proof; asked: Request[]; read: number[] }> {
  const asked: Request[] = [];
  const read: number[] = [];
  const connection: Pick<Connection, 'request'> = {
    request: async (message) => {
      asked.push(message);
      return replies.shift() ?? { state: 'lost' };
    },
  };
  const result = await prove(connection, UPLOAD, 1_234, async (part) => {
    read.push(part);
    return hashOf(part);
  });
  return { proof: result, asked, read };
}

test('a device offers its size, reads the parts that it is asked for and shows their hashes', async () => {
  const { proof: result, asked, read } = await proof([CHALLENGE, PROVEN]);
  expect(result).toEqual({ state: 'proven' });
  expect(read).toEqual([9, 2, 5]);
  expect(asked).toEqual([
    { type: 'offer', upload: UPLOAD, sizeBytes: 1_234 },
    {
      type: 'prove',
      upload: UPLOAD,
      hashes: [9, 2, 5].map((part) => ({ part, sha256: sha256Of('original', part) })),
    },
  ]);
});

test('an owner whose manifest is still empty has nothing to read', async () => {
  const empty: Reply = { state: 'answered', message: { type: 'challenge', re: 1, parts: [] } };
  const { proof: result, read } = await proof([empty, PROVEN]);
  expect([result, read]).toEqual([{ state: 'proven' }, []]);
});

test.for([
  [
    { state: 'refused', error: ERROR },
    { state: 'refused', error: ERROR },
  ],
  [{ state: 'lost' }, { state: 'lost' }],
] as Array<[Reply, Proof]>)(
  'an offer that is answered with %j proves nothing and reads nothing',
  async ([reply, expected]) => {
    const { proof: result, read, asked } = await proof([reply]);
    expect([result, read, asked.length]).toEqual([expected, [], 1]);
  },
);

test.for([
  [
    { state: 'refused', error: ERROR },
    { state: 'refused', error: ERROR },
  ],
  [{ state: 'lost' }, { state: 'lost' }],
] as Array<[Reply, Proof]>)('hashes that are answered with %j prove nothing', async ([reply, expected]) => {
  expect((await proof([CHALLENGE, reply])).proof).toEqual(expected);
});

test.for([
  [
    { state: 'unreadable', reason: 'The disk is gone.' },
    { state: 'unreadable', reason: 'The disk is gone.' },
  ],
  [{ state: 'aborted' }, { state: 'lost' }],
] as Array<[HashOutcome, Proof]>)(
  'a part of which reading ends with %j ends the proof: nothing is shown',
  async ([outcome, expected]) => {
    const {
      proof: result,
      read,
      asked,
    } = await proof([CHALLENGE, PROVEN], (part) =>
      part === 2 ? outcome : { state: 'hashed', sha256: sha256Of('original', part) },
    );
    expect([result, read]).toEqual([expected, [9, 2]]);
    expect(asked.map(({ type }) => type)).toEqual(['offer']);
  },
);

test('every published part is shown again, a list at a time, until one is not what it was', async () => {
  const asked: number[] = [];
  const changed: ProtocolError = { kind: 'hash-contradicts', message: 'Part 100 differs.', part: 100 };
  const connection: Pick<Connection, 'request'> = {
    async request(message) {
      if (message.type !== 'sync') throw new Error('expected syncs only');
      asked.push(message.hashes.length);
      const isChanged = message.hashes.some(({ part }) => part === 100);
      return isChanged ? { state: 'refused', error: changed } : PROVEN;
    },
  };
  const parts = Array.from({ length: 200 }, (_, i) => i + 1);
  const hashOf = async (part: number): Promise<HashOutcome> => ({
    state: 'hashed',
    sha256: sha256Of('original', part),
  });
  expect(await verify(connection, UPLOAD, parts.slice(0, 90), hashOf)).toEqual({ state: 'proven' });
  expect(asked.splice(0)).toEqual([64, 26]);
  expect(await verify(connection, UPLOAD, parts, hashOf)).toEqual({ state: 'refused', error: changed });
  expect(asked).toEqual([64, 64]);
});
