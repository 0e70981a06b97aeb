import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeRateMeter } from './rate.ts';

/** Carries `bytes` every 100 ms from `fromMs` to `toMs`. */
function carry(meter: ReturnType<typeof makeRateMeter>, bytes: number, fromMs: number, toMs: number): void {
  for (let nowMs = fromMs; nowMs < toMs; nowMs += 100) meter.add(bytes, nowMs);
}

test('there is no rate before the first sample', () => {
  expect(makeRateMeter().rateBps(0)).toBeUndefined();
  expect(makeRateMeter().rateBps(60_000)).toBeUndefined();
});

test('a first sample is spread over half a second, so that one burst is no miracle', () => {
  const meter = makeRateMeter();
  meter.add(1_000, 0);
  expect(meter.rateBps(0)).toBe(2_000);
  expect(meter.rateBps(500)).toBe(2_000);
  expect(meter.rateBps(1_000)).toBe(1_000);
});

test('a steady link is measured within 5 %, whenever one looks', () => {
  const meter = makeRateMeter();
  for (let second = 0; second < 60; second++) {
    carry(meter, 100_000, second * 1_000, (second + 1) * 1_000);
    const rateBps = meter.rateBps((second + 1) * 1_000);
    expect(rateBps).toBeGreaterThan(950_000);
    expect(rateBps).toBeLessThan(1_050_000);
  }
});

test('a link that changes is seen as it is within 8 s', () => {
  const meter = makeRateMeter();
  carry(meter, 500_000, 0, 20_000);
  carry(meter, 10_000, 20_000, 28_000);
  expect(meter.rateBps(28_000)).toBeGreaterThan(95_000);
  expect(meter.rateBps(28_000)).toBeLessThan(105_000);
});

test('the rate is 0 when nothing came for 8 s, however long ago that was', () => {
  const meter = makeRateMeter();
  carry(meter, 100_000, 0, 5_000);
  expect(meter.rateBps(12_600)).toBeGreaterThan(0);
  expect(meter.rateBps(13_000)).toBe(0);
  expect(meter.rateBps(1e12)).toBe(0);
  meter.add(800, 1e12);
  // A burst after silence is a first sample again.
  expect(meter.rateBps(1e12)).toBe(1_600);
});

test('a clock that steps back loses no bytes and makes none up', () => {
  const meter = makeRateMeter();
  meter.add(4_000, 10_000);
  meter.add(4_000, 3_000);
  expect(meter.rateBps(3_000)).toBe(16_000);
  expect(meter.rateBps(14_000)).toBe(2_000);
  expect(meter.rateBps(18_000)).toBe(0);
});

test('whatever the samples, the rate is the bytes of the last 32 quarter seconds over their time since the last silence', () => {
  const anySamples = fc.array(
    fc.record({ afterMs: fc.oneof(fc.nat({ max: 400 }), fc.nat({ max: 9_000 })), bytes: fc.nat() }),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(anySamples, fc.nat({ max: 10_000 }), fc.nat({ max: 1e6 }), (samples, lookMs, startMs) => {
      const meter = makeRateMeter();
      const added: { bytes: number; slot: number }[] = [];
      let nowMs = startMs;
      let sinceMs = startMs;
      for (const [i, { afterMs, bytes }] of samples.entries()) {
        nowMs += i === 0 ? 0 : afterMs;
        if (i > 0 && afterMs >= 8_000) sinceMs = nowMs;
        meter.add(bytes, nowMs);
        added.push({ bytes, slot: Math.floor(nowMs / 250) });
      }
      nowMs += lookMs;
      const recent = added.filter(({ slot }) => slot > Math.floor(nowMs / 250) - 32);
      const spanMs = Math.min(8_000, Math.max(500, nowMs - sinceMs));
      const bytes = recent.reduce((sum, one) => sum + one.bytes, 0);
      expect(meter.rateBps(nowMs)).toBeCloseTo((bytes * 1_000) / spanMs, 3);
    }),
    { numRuns: 300 },
  );
});

test('after a long silence the pace is measured afresh', () => {
  const meter = makeRateMeter();
  meter.add(1_000_000, 0);
  for (let atMs = 60_000; atMs <= 61_000; atMs += 100) {
    meter.rateBps(atMs);
    meter.add(100_000, atMs);
  }
  expect(meter.rateBps(61_000)).toBeGreaterThan(900_000);
});
