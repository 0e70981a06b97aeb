import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fadedBps, makeHearsay } from './hearsay.ts';

test('a speed is believed until its device must have been heard of again, and what a device said is known with its age', () => {
  let nowMs = 0;
  const hearsay = makeHearsay({ nowMs: () => nowMs, after: () => () => {} }, () => true);
  expect(hearsay.heardOf(2)).toBeUndefined();
  hearsay.hear(2, 100, 7);
  nowMs = 300_000;
  expect(hearsay.rateOf(2)).toBe(100);
  nowMs = 300_001;
  expect(hearsay.rateOf(2)).toBeUndefined();
  expect(hearsay.heardOf(2)).toEqual({ rateBps: 100, backlogBytes: 7, sinceMs: 300_001 });
});

test('whatever is said and whoever goes, after three seconds the sum is that of the speeds that are believed and count', () => {
  const anySaying = fc.record({
    afterMs: fc.nat({ max: 200_000 }),
    device: fc.integer({ min: 1, max: 4 }),
    rateBps: fc.nat({ max: 1_000 }),
    isThere: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anySaying, { maxLength: 30 }), (sayings) => {
      let nowMs = 0;
      const there = new Set<number>();
      const hearsay = makeHearsay({ nowMs: () => nowMs, after: () => () => {} }, (device) =>
        there.has(device),
      );
      for (const { afterMs, device, rateBps, isThere } of sayings) {
        nowMs += afterMs;
        if (isThere) there.add(device);
        else there.delete(device);
        hearsay.hear(device, rateBps, undefined);
        hearsay.sumBps();
        nowMs += 3_000;
        const believed = [...there].reduce((sum, one) => sum + (hearsay.rateOf(one) ?? 0), 0);
        expect(hearsay.sumBps()).toBe(believed);
      }
    }),
  );
});

test('a speed fades once the tickets that its device holds should have been stored, and is none without tickets', () => {
  const MB = 1_000_000;
  expect(fadedBps(5 * MB, 1_000, 10 * MB)).toBe(5 * MB);
  // 10 MB at 5 MB/s take 2 s, and may be told of 4 s later.
  expect(fadedBps(5 * MB, 6_000, 10 * MB)).toBe(5 * MB);
  expect(fadedBps(5 * MB, 14_000, 10 * MB)).toBe(MB);
  expect(fadedBps(5 * MB, 1_000, 0)).toBe(0);
  // Not at work any more; a slow line takes its time.
  expect(fadedBps(5 * MB, 30_001, 10 * MB)).toBe(0);
  expect(fadedBps(MB / 16, 60_000, 5 * MB)).toBe(MB / 16);
  expect(fadedBps(MB / 16, 240_001, 5 * MB)).toBe(0);
});
