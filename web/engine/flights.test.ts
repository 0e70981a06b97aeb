import fc from 'fast-check';
import { expect, test } from 'vitest';
import { geometryOf, MIN_PART_BYTES, partLength, partRange } from '../../protocol/board/geometry.ts';
import { makeFlights, type Ticket } from './flights.ts';
import type { PutOutcome } from './ports.ts';
import { makeVirtualClock } from './testing/virtual-clock.ts';
import { makeVirtualFile } from './testing/virtual-file.ts';

/** Three parts; the last one has 1,000 bytes. */
const GEOMETRY = geometryOf(2 * MIN_PART_BYTES + 1_000);

function ticket(part: number): Ticket {
  return { part, sha256: `hash of ${part}`, url: `https://store.test/${part}`, expiresAtMs: 900_000 };
}

/** Puts whose fate is in the test's hands. */
function begun() {
  const file = makeVirtualFile(makeVirtualClock(), { sizeBytes: GEOMETRY.sizeBytes });
  const puts = new Map<
    number,
    { range: unknown; request: unknown; onSent(bytes: number): void; end(outcome: PutOutcome): void }
  >();
  const landed: Array<{ part: number; outcome: PutOutcome; inFlight: number }> = [];
  let sentBytes = 0;
  const flights = makeFlights({
    geometry: GEOMETRY,
    file: {
      ...file,
      put(range, request, onSent) {
        let end = (_: PutOutcome) => {};
        const result = new Promise<PutOutcome>((resolve) => {
          end = resolve;
        });
        puts.set(range.startByte / MIN_PART_BYTES + 1, { range, request, onSent, end });
        return { result, abort: () => end({ state: 'aborted' }) };
      },
    },
    sent: (bytes) => {
      sentBytes += bytes;
    },
    landed: ({ part }, outcome) => landed.push({ part, outcome, inFlight: flights.size }),
  });
  return { flights, puts, landed, sent: () => sentBytes };
}

test('a ticket flies as one put of its range, with the checksum that its address was signed for', () => {
  const { flights, puts } = begun();
  flights.start(ticket(2));
  expect(puts.get(2)).toMatchObject({
    range: partRange(GEOMETRY, 2),
    request: { url: 'https://store.test/2', headers: { 'x-amz-checksum-sha256': 'hash of 2' } },
  });
  expect([flights.size, [...flights.parts()], flights.has(2), flights.has(1)]).toEqual([1, [2], true, false]);
});

test('who is told of a landing finds the place free already', async () => {
  const { flights, puts, landed } = begun();
  flights.start(ticket(1));
  flights.start(ticket(2));
  const refused: PutOutcome = { state: 'refused', status: 503, code: 'SlowDown' };
  puts.get(2)?.end(refused);
  await Promise.resolve();
  expect(landed).toEqual([{ part: 2, outcome: refused, inFlight: 1 }]);
  expect(flights.has(2)).toBe(false);
});

test('whatever a browser says of its progress, a stored part counts its bytes once', async () => {
  const anyReports = fc.array(fc.nat({ max: MIN_PART_BYTES }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(1, 3), anyReports, async (part, reports) => {
      const { flights, puts, sent } = begun();
      const lengthBytes = partLength(GEOMETRY, part);
      flights.start(ticket(part));
      let mostBytes = 0;
      for (const report of reports) {
        const sentBytes = Math.min(report, lengthBytes);
        puts.get(part)?.onSent(sentBytes);
        mostBytes = Math.max(mostBytes, sentBytes);
        expect(flights.sentBytes(() => true)).toBe(mostBytes);
      }
      puts.get(part)?.end({ state: 'stored' });
      await Promise.resolve();
      puts.get(part)?.onSent(lengthBytes);
      expect(sent()).toBe(lengthBytes);
      expect(flights.sentBytes(() => true)).toBe(0);
    }),
  );
});

test('of a part that failed only what left counts', async () => {
  const { flights, puts, sent } = begun();
  flights.start(ticket(1));
  puts.get(1)?.onSent(1_000);
  puts.get(1)?.end({ state: 'failed', reason: 'network' });
  await Promise.resolve();
  expect([sent(), flights.sentBytes(() => true)]).toEqual([1_000, 0]);
});

test('bytes under way are counted for the parts that are asked about', () => {
  const { flights, puts } = begun();
  for (const part of [1, 2, 3]) {
    flights.start(ticket(part));
    puts.get(part)?.onSent(100 * part);
  }
  expect(flights.sentBytes((part) => part !== 2)).toBe(400);
});

test('aborting one part leaves the others in the air', async () => {
  const { flights, landed } = begun();
  for (const part of [1, 2, 3]) flights.start(ticket(part));
  flights.abort(2);
  flights.abort(9);
  await Promise.resolve();
  expect(landed).toEqual([{ part: 2, outcome: { state: 'aborted' }, inFlight: 2 }]);
  expect([...flights.parts()]).toEqual([1, 3]);
});

test('stopping aborts all', async () => {
  const { flights, landed } = begun();
  for (const part of [1, 2, 3]) flights.start(ticket(part));
  flights.stop();
  await Promise.resolve();
  expect(landed.map(({ outcome }) => outcome.state)).toEqual(['aborted', 'aborted', 'aborted']);
  expect(flights.size).toBe(0);
});
