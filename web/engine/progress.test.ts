import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeRateMeter } from '../../protocol/board/rate.ts';
import { type Progress, type ProgressNow, progressOf } from './progress.ts';

const MIB = 1_048_576;
const now: ProgressNow = {
  sizeBytes: 1_000,
  doneBytes: 0,
  sentBytes: 0,
  rateBps: 0,
  isFinished: false,
  nowMs: 0,
};

/** What a device may hear one after the other, in any order and however wrong: parts reopened, bytes counted twice. */
const anyMoments = fc
  .tuple(fc.oneof(fc.constantFrom(0, 1, 999, 1_001), fc.nat({ max: 60 * MIB })), fc.nat({ max: 40 }))
  .chain(([sizeBytes, length]) =>
    fc.array(
      fc.record({
        sizeBytes: fc.constant(sizeBytes),
        doneBytes: fc.nat({ max: 2 * sizeBytes }),
        sentBytes: fc.nat({ max: 2 * sizeBytes }),
        rateBps: fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1e9, noNaN: true })),
        isFinished: fc.constant(false),
        nowMs: fc.constant(0),
      }),
      { minLength: 1, maxLength: length + 1 },
    ),
  );

function shownFor(moments: readonly ProgressNow[]): Progress[] {
  const shown: Progress[] = [];
  for (const moment of moments) shown.push(progressOf(moment, shown.at(-1)));
  return shown;
}

test('whatever is heard, progress stays below the whole, never goes back and never counts down below nothing', () => {
  fc.assert(
    fc.property(anyMoments, (moments) => {
      const shown = shownFor(moments);
      for (const [i, progress] of shown.entries()) {
        expect(progress.share).toBeGreaterThanOrEqual(shown[i - 1]?.share ?? 0);
        expect(progress.share).toBeLessThan(1);
        expect(progress.shownBytes).toBeLessThanOrEqual(progress.sizeBytes);
        if (moments[i]?.rateBps === 0) expect(progress.etaMs).toBeUndefined();
        else expect(progress.etaMs).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

test('an upload that has finished shows the whole and nothing to wait for, whatever was shown before', () => {
  fc.assert(
    fc.property(anyMoments, (moments) => {
      const last = moments.at(-1) ?? now;
      const { sizeBytes } = last;
      const whole = { sizeBytes, shownBytes: sizeBytes, share: 1, rateBps: 0, etaMs: 0, pace: undefined };
      expect(progressOf({ ...last, isFinished: true }, shownFor(moments).at(-1))).toEqual(whole);
    }),
  );
});

test('bytes on their way count, and the time left is what is left at the present speed', () => {
  const progress = progressOf({ ...now, doneBytes: 300, sentBytes: 100, rateBps: 50 }, undefined);
  expect(progress).toMatchObject({ shownBytes: 400, share: 0.4, etaMs: 12_000 });
});

test('all bytes are on their way, but the last thousandth waits for S3', () => {
  expect(progressOf({ ...now, doneBytes: 1_000 }, undefined).share).toBe(0.999);
});

test('a part that has to be sent again takes nothing back from what was shown', () => {
  const before = progressOf({ ...now, doneBytes: 200, sentBytes: 90, rateBps: 10 }, undefined);
  const after = progressOf({ ...now, doneBytes: 200, sentBytes: 0, rateBps: 10 }, before);
  expect(after).toMatchObject({ shownBytes: 290, etaMs: 71_000 });
});

test('without a sample no time is given', () => {
  const rateBps = makeRateMeter().rateBps(0) ?? 0;
  expect(progressOf({ ...now, rateBps }, undefined).etaMs).toBeUndefined();
});

test('while a device stalls the time left grows, and is then not known; once it moves again it is, at its new speed', () => {
  const meter = makeRateMeter();
  const sizeBytes = 100 * MIB;
  let shown: Progress | undefined;
  const etaAt = (nowMs: number) => {
    const rateBps = meter.rateBps(nowMs) ?? 0;
    shown = progressOf({ ...now, nowMs, sizeBytes, sentBytes: 10 * MIB, rateBps }, shown);
    return shown.etaMs;
  };
  for (let ms = 0; ms <= 10_000; ms += 250) {
    meter.add(MIB / 4, ms);
    etaAt(ms);
  }
  const movingMs = etaAt(10_000) ?? 0;
  expect(Math.abs(movingMs - 90_000)).toBeLessThan(9_000);
  const stalled = [12_000, 14_000, 16_000].map((ms) => etaAt(ms) ?? 0);
  expect(stalled).toEqual([...stalled].sort((a, b) => a - b));
  expect(stalled[2]).toBeGreaterThan(100_000);
  expect(etaAt(19_000)).toBeUndefined();
  meter.add(MIB / 4, 60_000);
  expect(etaAt(60_250)).toBeCloseTo(180_000, -3);
});

test('a speed that swings by half from second to second moves the time left by less than a tenth', () => {
  const sizeBytes = 1_000 * MIB;
  let shown: Progress | undefined;
  const etas: number[] = [];
  for (let second = 0; second < 60; second++) {
    const rateBps = MIB * (second % 2 === 0 ? 1.5 : 0.5);
    shown = progressOf({ ...now, nowMs: second * 1_000, sizeBytes, rateBps }, shown);
    if (second >= 30) etas.push(shown.etaMs ?? 0);
  }
  expect(Math.max(...etas) / Math.min(...etas)).toBeLessThan(1.1);
});

test('a line that changes its speed for good is followed within half a minute', () => {
  const sizeBytes = 1_000 * MIB;
  let shown: Progress | undefined;
  const run = (fromS: number, toS: number, rateBps: number) => {
    for (let s = fromS; s < toS; s++)
      shown = progressOf({ ...now, nowMs: s * 1_000, sizeBytes, rateBps }, shown);
  };
  run(0, 60, 4 * MIB);
  run(60, 90, MIB);
  expect((shown?.etaMs ?? 0) / 1_000_000).toBeGreaterThan(0.85);
});
