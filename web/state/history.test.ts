import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_SAMPLES, makeHistory, RECENT_SAMPLES } from './history.ts';

const at = (second: number, ...rates: Array<[number, number]>) => ({
  atMs: second * 1_000,
  rates: new Map(rates),
  carriedBytes: second,
});

test('a day of samples stays a bounded number of points that reach from the first to the last', () => {
  const history = makeHistory();
  const seconds = 86_400;
  for (let s = 0; s < seconds; s++) history.add(at(s, [1, 100]));
  const samples = history.samples();
  expect(samples.length).toBeLessThanOrEqual(MAX_SAMPLES);
  expect(samples.length).toBeGreaterThan(MAX_SAMPLES / 2);
  expect(samples.at(-1)?.atMs).toBe((seconds - 1) * 1_000);
  expect(samples[0]?.atMs).toBeLessThan(seconds * 10);
  expect(history.recent()).toHaveLength(RECENT_SAMPLES);
});

test('however it is thinned out, the average speed stays what it was', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.nat(1_000), { minLength: 1 }),
      (doublings, wave) => {
        const history = makeHistory();
        // Whole points only, so that each stands for the same time.
        const count = MAX_SAMPLES * 2 ** (doublings - 1);
        let sum = 0;
        for (let s = 0; s < count; s++) {
          const rate = wave[s % wave.length] ?? 0;
          sum += rate;
          history.add(at(s, [1, rate]));
        }
        const points = history.samples();
        const mean = points.reduce((all, { rates }) => all + (rates.get(1) ?? 0), 0) / points.length;
        expect(mean).toBeCloseTo(sum / count, 6);
      },
    ),
    { numRuns: 30 },
  );
});

test('a device that came later counts as nothing before', () => {
  const history = makeHistory();
  for (let s = 0; s < MAX_SAMPLES - 1; s++) history.add(at(s, [1, 10]));
  history.add(at(MAX_SAMPLES, [1, 10], [2, 10]));
  expect(history.samples().at(-1)?.rates.get(2)).toBe(5);
});
