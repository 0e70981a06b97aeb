import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Connection } from './connection.ts';
import { begun, MINUTE_MS } from './testing/scene.ts';

const HOUR_MS = 60 * MINUTE_MS;

test('[C14] a slow line gives its first part back to those who would send it again, once it knows, and keeps it where it helps', async () => {
  const give = async (parts: number) => {
    const { clock, device, server } = begun(parts);
    const laptop = device('laptop', 2_000);
    const phone = device('phone', 12_000);
    await clock.passUntil(laptop.isFinished, 5 * MINUTE_MS);
    const released = server.syncs().flatMap(({ release }) => release);
    return { released, phone: phone.file, sent: laptop.file.puts.length };
  };
  const few = await give(12);
  expect(few.phone.puts).toHaveLength(1);
  expect(few.released).toEqual(few.phone.puts.map(({ part }) => part));
  expect(few.sent).toBe(12);
  const many = await give(200);
  expect(many.phone.abortedPuts).toBe(0);
  expect(many.sent + many.phone.puts.length).toBe(200);
});

/** What the device of this connection gives back while the upload goes on, in the order in which it says so. */
function givenBackBy({ connection }: { connection: Connection }, isFinished: () => boolean): number[] {
  const given: number[] = [];
  const { request } = connection;
  connection.request = (message) => {
    if (message.type === 'sync' && !isFinished()) given.push(...message.release);
    return request(message);
  };
  return given;
}

/** What a device says that has measured nothing, and should not. */
const SAID_BPS = 100_000;

/** Whatever it measures, it says that it is so many times as fast, and through with all it has. */
function exaggerates({ connection }: { connection: Connection }, times: number): void {
  const { request } = connection;
  connection.request = (message) => {
    if (message.type !== 'sync') return request(message);
    return request({
      ...message,
      rateBps: Math.round((message.rateBps || SAID_BPS) * times),
      backlogBytes: 0,
    });
  };
}

test('[C14] a part that is taken over from one that stands still is kept, though a third would be done with it sooner', async () => {
  const { clock, server, device } = begun(31, { steps: 40 });
  const laptop = device('laptop', 7_000);
  await clock.passUntil(() => server.manifest.size > 0, 1_000);
  const tablet = device('tablet', 4_000);
  await clock.passUntil(() => (laptop.upload.board()?.replica.doneParts() ?? 0) >= 15, MINUTE_MS);
  tablet.file.putMs = HOUR_MS;
  const phone = device('phone', 24_000);
  const given = givenBackBy(phone.engine, phone.isFinished);
  await clock.passUntil(laptop.isFinished, 5 * MINUTE_MS);
  expect(phone.file.puts.length).toBeGreaterThan(1);
  expect(given.length).toBeLessThanOrEqual(1);
});

test('[C12] [C14] among others that exaggerate, one of which delivers nothing, a slow device gives one part back at the most, and the upload ends', async () => {
  const anyWorld = fc.record({
    slowMs: fc.integer({ min: 20_000, max: 300_000 }),
    /** How long a part takes the others, as a share of that. */
    shares: fc.array(fc.double({ min: 0.04, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }),
    times: fc.constantFrom(1, 3, 10, 1_000),
    /** Of more than one it is for the server to get the parts back [L9]. */
    isOneIdle: fc.boolean(),
    parts: fc.integer({ min: 3, max: 60 }),
  });
  let keptAfterAll = 0;
  await fc.assert(
    fc.asyncProperty(anyWorld, async ({ slowMs, shares, times, isOneIdle, parts }) => {
      const { clock, server, device } = begun(parts, { steps: 40 });
      const others = shares.map((share, i) => {
        const other = device(i === 0 ? 'laptop' : `other${i}`, Math.max(3_000, share * slowMs));
        exaggerates(other.engine, times);
        return other;
      });
      await clock.passUntil(() => server.manifest.size > 0, 1_000);
      if (isOneIdle) exaggerates(device('idle', 24 * HOUR_MS).engine, times);
      const slow = device('slow', slowMs);
      const given = givenBackBy(slow.engine, slow.isFinished);
      await clock.passUntil(() => others.every(({ isFinished }) => isFinished()), 12 * HOUR_MS);
      expect(given.length).toBeLessThanOrEqual(1);
      if (given.length > 0 && slow.file.puts.length > 1) keptAfterAll += 1;
    }),
    { numRuns: 40 },
  );
  // Else the two rules have not met.
  expect(keptAfterAll).toBeGreaterThan(0);
});
