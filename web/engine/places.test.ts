import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makePlaces, type Places } from './places.ts';

const MIB = 1_048_576;
const EVERY_MS = 100;

/** Lets time pass on a line; `rateOf`: what so many requests bring together, bytes a second. Answers the limits it had. */
function pass(
  places: Places,
  fromMs: number,
  seconds: number,
  rateOf: (limit: number, nowMs: number) => number,
): number[] {
  const limits: number[] = [];
  for (let nowMs = fromMs; nowMs < fromMs + seconds * 1_000; nowMs += EVERY_MS) {
    places.sent((rateOf(places.limit(), nowMs) * EVERY_MS) / 1_000, nowMs);
    limits.push(places.limit());
  }
  return limits;
}

/** Each request gets no more than its own share, all together no more than the line. */
const line = (eachBps: number, allBps: number) => (limit: number) => Math.min(limit * eachBps, allBps);

test('on a line where each request is slow there are more of them, up to the most', () => {
  const places = makePlaces({ first: 4, most: 16 });
  pass(places, 0, 60, line(MIB, 1_000 * MIB));
  expect(places.limit()).toBeGreaterThanOrEqual(15);
});

test('a fast line is found out within a few seconds', () => {
  const places = makePlaces({ first: 4, most: 6 });
  pass(places, 0, 3, line(40 * MIB, 1_000 * MIB));
  expect(places.limit()).toBe(6);
});

test('on a line that few requests fill there are no more of them than fill it', () => {
  for (const allBps of [0.25 * MIB, 5 * MIB, 100 * MIB]) {
    const places = makePlaces({ first: 4, most: 6 });
    pass(places, 0, 600, line(allBps / 2, allBps));
    // Two fill it; at times one more is being tried.
    expect(places.limit()).toBeLessThanOrEqual(3);
  }
});

test('it settles about where the line is full, from wherever it begins', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 12 }),
      fc.integer({ min: 1, max: 14 }),
      fc.double({ min: 0.1, max: 60, noNaN: true }),
      (fullAt, first, eachMib) => {
        const places = makePlaces({ first, most: 14 });
        const rateOf = line(eachMib * MIB, fullAt * eachMib * MIB);
        pass(places, 0, 1_200, rateOf);
        const limits = pass(places, 1_200_000, 120, rateOf);
        expect(Math.min(...limits)).toBeGreaterThanOrEqual(fullAt - 1);
        expect(Math.max(...limits)).toBeLessThanOrEqual(fullAt + 1);
      },
    ),
    { numRuns: 40 },
  );
});

test('whatever is measured, there is at least one request and never more than the most', () => {
  const anyEvent = fc.oneof(
    fc.record({ kind: fc.constant('sent' as const), bytes: fc.nat({ max: 64 * MIB }) }),
    fc.constant({ kind: 'failed' as const }),
    fc.constant({ kind: 'unfit' as const }),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.tuple(anyEvent, fc.nat({ max: 5_000 }))),
      (first, events) => {
        const places = makePlaces({ first, most: 6 });
        let nowMs = 0;
        for (const [event, afterMs] of events) {
          nowMs += afterMs;
          if (event.kind === 'sent') places.sent(event.bytes, nowMs);
          else if (event.kind === 'failed') places.failed(nowMs);
          else places.unfit();
          expect(places.limit()).toBeGreaterThanOrEqual(1);
          expect(places.limit()).toBeLessThanOrEqual(6);
        }
      },
    ),
  );
});

test('for requests that fail there is one place fewer, once for all that fail together, down to two', () => {
  const places = makePlaces({ first: 6, most: 6 });
  for (let i = 0; i < 6; i++) places.failed(10 * i);
  expect(places.limit()).toBe(5);
  for (let i = 1; i < 10; i++) places.failed(5_000 * i);
  expect(places.limit()).toBe(2);
});

test('after failures the places come back while more of them bring more', () => {
  const places = makePlaces({ first: 6, most: 6 });
  for (let i = 0; i < 4; i++) places.failed(2_000 * i);
  pass(places, 10_000, 60, line(MIB, 100 * MIB));
  expect(places.limit()).toBeGreaterThanOrEqual(5);
});

test('time in which places were empty is no measure of their number', () => {
  const places = makePlaces({ first: 4, most: 6 });
  for (let nowMs = 0; nowMs < 60_000; nowMs += EVERY_MS) {
    places.sent(MIB, nowMs);
    if (nowMs % 400 === 0) places.unfit();
  }
  expect(places.limit()).toBe(4);
});

test('on a line whose rate wavers nearly all of it is used', () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.double({ min: 0.85, max: 1.15, noNaN: true })), (wavering) => {
      const places = makePlaces({ first: 4, most: 8 });
      const steady = line(10 * MIB, 50 * MIB);
      let wanted = 0;
      let got = 0;
      pass(places, 0, 600, (limit) => {
        const rateBps = steady(limit) * (wavering.next().value ?? 1);
        got += steady(limit);
        wanted += 50 * MIB;
        return rateBps;
      });
      expect(got / wanted).toBeGreaterThan(0.9);
    }),
    { numRuns: 30 },
  );
});
