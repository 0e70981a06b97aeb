import { expect, test } from 'vitest';
import { sparkline, stackedChart } from './chart-paths.ts';

const BOX = { width: 100, height: 50 };
const SAMPLES = [
  { atMs: 1_000, rates: new Map([[1, 100]]), carriedBytes: 50 },
  {
    atMs: 3_000,
    rates: new Map([
      [1, 100],
      [2, 300],
    ]),
    carriedBytes: 450,
  },
];

test('devices are stacked: the second band begins where the first ends, and the peak is their sum', () => {
  const chart = stackedChart(SAMPLES, [1, 2, 3], BOX);
  expect(chart).toMatchObject({ peakBps: 400, averageBps: 200, spanMs: 2_000 });
  expect(chart.bands.map(({ device }) => device)).toEqual([1, 2]);
  const [first, second] = chart.bands.map(({ path }) => path.split(/[MLZ]/).filter(Boolean));
  // The upper edge of the first, and the lower edge of the second, backwards.
  expect(second?.slice(2)).toEqual(first?.slice(0, 2).reverse());
});

test('before there are two samples there is no shape to show', () => {
  expect(stackedChart([], [1], BOX)).toMatchObject({ bands: [], peakBps: 0, spanMs: 0 });
  expect(stackedChart(SAMPLES.slice(0, 1), [1], BOX).bands).toEqual([]);
  expect(sparkline(SAMPLES.slice(0, 1), 1, 400, BOX)).toBe('');
});

test('a sparkline spans its box and measures every device by the same scale', () => {
  expect(sparkline(SAMPLES, 2, 400, BOX)).toBe('M0 50L100 12.5');
});

test('the average is what was carried by the time it took, and no peak is below it', () => {
  const wild = SAMPLES.map((sample) => ({ ...sample, rates: new Map([[1, 9_000]]) }));
  expect(stackedChart(wild, [1], BOX)).toMatchObject({ averageBps: 200, peakBps: 9_000 });
  const slow = SAMPLES.map((sample) => ({ ...sample, rates: new Map([[1, 10]]) }));
  expect(stackedChart(slow, [1], BOX)).toMatchObject({ averageBps: 200, peakBps: 200 });
});

test('no point reaches the top fifth, where the label stands', () => {
  const { bands } = stackedChart(SAMPLES, [1, 2, 3], BOX);
  const heights = bands.flatMap(({ path }) =>
    path
      .split(/[MLZ]/)
      .filter(Boolean)
      .map((point) => Number(point.split(' ')[1])),
  );
  expect(Math.min(...heights)).toBe(BOX.height / 5);
});
