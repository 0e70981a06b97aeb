import { expect, test } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatExactBytes,
  formatPercent,
  formatSpeed,
  percentOf,
} from './format.ts';

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1_000, '1 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [62_914_560, '62.9 MB'],
  [1_073_741_824, '1.07 GB'],
  [53_687_091_200_000, '53.7 TB'],
  [4_000_000_000_000_000, '4,000 TB'],
])('%d bytes read as %s', (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});

test('two sizes that look alike can be told apart to the byte', () => {
  expect(formatExactBytes(62_914_560)).toBe('62,914,560 bytes');
  expect(formatExactBytes(1)).toBe('1 byte');
});

test.each([
  [0, '0 Mbit/s'],
  [1_000, 'under 0.1 Mbit/s'],
  [125_000, '1.0 Mbit/s'],
  [2_550_000, '20.4 Mbit/s'],
  [12_499_999, '100 Mbit/s'],
  [155_000_000, '1,240 Mbit/s'],
])('%d bytes a second read as %s', (bytesPerSecond, words) => {
  expect(formatSpeed(bytesPerSecond)).toBe(words);
});

test('a percentage is never rounded up, and 100 is the whole only', () => {
  expect(formatPercent(0)).toBe('0.0 %');
  expect(formatPercent(0.29)).toBe('29.0 %');
  expect(formatPercent(0.4239)).toBe('42.3 %');
  expect(formatPercent(0.99999)).toBe('99.9 %');
  expect(percentOf(1 - Number.EPSILON)).toBe(99.9);
  expect(formatPercent(1)).toBe('100 %');
});

test.each([
  [0, 'a few seconds'],
  [9_999, 'a few seconds'],
  [12_000, 'about 15 s'],
  [55_000, 'about 55 s'],
  [56_000, 'about 1 min'],
  [170_000, 'about 3 min'],
  [3_541_000, 'about 1 h'],
  [4_600_000, 'about 1 h 20 min'],
  [86_399_000, 'about 24 h'],
  [86_400_000, 'about 1 day'],
  [400_000_000, 'about 5 days'],
])('%d ms read as %s', (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});
