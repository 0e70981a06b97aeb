import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compressRanges } from './ranges.ts';

test.each([
  [[], ''],
  [[7], '7'],
  [[1, 2], '1-2'],
  [[1, 2, 3, 5, 9, 10], '1-3,5,9-10'],
  [[1, 3, 5], '1,3,5'],
])('%j is %s', (parts, ranges) => {
  expect(compressRanges(parts)).toBe(ranges);
});

test('every list can be read back, and no two ranges touch', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 200 })), (numbers) => {
      const parts = numbers.sort((a, b) => a - b);
      const ranges = compressRanges(parts)
        .split(',')
        .filter(Boolean)
        .map((range) => range.split('-').map(Number));
      const back = ranges.flatMap(([from = 0, to = from]) =>
        Array.from({ length: to - from + 1 }, (_, i) => from + i),
      );
      expect(back).toEqual(parts);
      ranges.slice(1).forEach(([from = 0], i) => {
        expect(from).toBeGreaterThan((ranges[i]?.at(-1) ?? 0) + 1);
      });
    }),
  );
});
