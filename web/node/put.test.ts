import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import type { Clock } from '../engine/ports.ts';
import { STALLED_AFTER_MS } from '../engine/put-answer.ts';
import { nodeClock } from './clock.ts';
import { makeFilePort } from './file.ts';

const SIZE_BYTES = 5_242_880;
const RANGE = { startByte: 0, endByte: SIZE_BYTES };
const closers: Array<() => void> = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A store that answers as told, and a file to send to it. */
async function scene(
  answer: RequestListener,
  read?: () => AsyncIterable<Uint8Array>,
  limit: { clock: Clock; bps?: number } = { clock: nodeClock },
) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const source = {
    name: 'x',
    sizeBytes: SIZE_BYTES,
    read:
      read ??
      async function* () {
        yield new Uint8Array(SIZE_BYTES);
      },
    close() {},
  };
  const file = makeFilePort(source, limit.clock, limit.bps);
  closers.push(() => {
    file.close();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const sent: number[] = [];
  return { sent, task: file.put(RANGE, { url, headers: { 'x-test': '1' } }, (bytes) => sent.push(bytes)) };
}

test('a part is stored once the store says so, and what has left only ever grows to its size', async () => {
  let received = 0;
  const { task, sent } = await scene((request, response) => {
    expect(request.headers['x-test']).toBe('1');
    request.on('data', (chunk) => {
      received += chunk.length;
    });
    request.on('end', () => response.end());
  });
  expect(await task.result).toEqual({ state: 'stored' });
  expect(received).toBe(SIZE_BYTES);
  expect(sent).toEqual([...new Set(sent)].sort((a, b) => a - b));
  expect(sent.at(-1)).toBe(SIZE_BYTES);
});

test('a refusal that comes before the whole body was sent is heard', async () => {
  const { task, sent } = await scene((_, response) => {
    response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
  });
  expect(await task.result).toEqual({ state: 'refused', status: 403, code: 'AccessDenied' });
  expect(sent.at(-1) ?? 0).toBeLessThan(SIZE_BYTES);
});

test('a line that is cut is a network that failed', async () => {
  const { task } = await scene((request) => request.once('data', () => request.destroy()));
  expect(await task.result).toEqual({ state: 'failed', reason: 'network' });
});

test('given up, it ends at once', async () => {
  const { task } = await scene((request) => request.once('data', () => task.abort()));
  expect(await task.result).toEqual({ state: 'aborted' });
});

test('a file that cannot be read to its end is not a network that failed', async () => {
  const { task } = await scene(
    (request) => request.resume(),
    async function* () {
      yield new Uint8Array(1_048_576);
      throw new Error('film.mov is shorter than it was.');
    },
  );
  expect(await task.result).toEqual({ state: 'unreadable', reason: 'film.mov is shorter than it was.' });
});

/** A clock that holds the first who waits, and none after it. */
function holdingClock() {
  let hold = (_held: { go(): void }) => {};
  const held = new Promise<{ go(): void }>((resolve) => {
    hold = resolve;
  });
  let isFirst = true;
  let isCancelled = false;
  const clock: Clock = {
    nowMs: () => 0,
    after(_ms, call) {
      if (isFirst) hold({ go: call });
      else queueMicrotask(call);
      isFirst = false;
      return () => {
        isCancelled = true;
      };
    },
  };
  return { clock, held, isCancelled: () => isCancelled };
}

const stored: RequestListener = (request, response) => {
  request.resume().on('end', () => response.end());
};

test('however long the limit holds its bytes back, the line is not taken for one that hangs', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  closers.push(() => vi.useRealTimers());
  const { clock, held } = holdingClock();
  const { task, sent } = await scene(stored, undefined, { clock, bps: 40_000 });
  const { go } = await held;
  vi.advanceTimersByTime(2 * STALLED_AFTER_MS);
  go();
  expect(await task.result).toEqual({ state: 'stored' });
  // A quarter of a second of the limit at a time.
  expect(sent[0]).toBe(10_000);
});

test('given up while the limit holds its bytes back, it waits for nothing more', async () => {
  const { clock, held, isCancelled } = holdingClock();
  const { task } = await scene(stored, undefined, { clock, bps: 40_000 });
  await held;
  task.abort();
  expect(await task.result).toEqual({ state: 'aborted' });
  await vi.waitUntil(isCancelled);
});
