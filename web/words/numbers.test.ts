import { expect, test } from 'vitest';
import { makeNumbers, percentOf } from './numbers.ts';

const english = makeNumbers('en');
const german = makeNumbers('de');

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
  expect(english.bytes(bytes)).toBe(words);
});

test('two sizes that look alike can be told apart to the byte', () => {
  expect(english.exactBytes(62_914_560)).toBe('62,914,560 bytes');
  expect(english.exactBytes(1)).toBe('1 byte');
});

test.each([
  [0, '0 Mbit/s'],
  [1_000, '< 0.1 Mbit/s'],
  [125_000, '1.0 Mbit/s'],
  [2_550_000, '20.4 Mbit/s'],
  [12_499_999, '100 Mbit/s'],
  [155_000_000, '1,240 Mbit/s'],
])('%d bytes a second read as %s', (bytesPerSecond, words) => {
  expect(english.speed(bytesPerSecond)).toBe(words);
});

test('a percentage is never rounded up, and 100 is the whole only', () => {
  expect(english.percent(0)).toBe('0.0%');
  expect(english.percent(0.29)).toBe('29.0%');
  expect(english.percent(0.4239)).toBe('42.3%');
  expect(english.percent(0.99999)).toBe('99.9%');
  expect(english.wholePercent(0.99999)).toBe('99%');
  expect(percentOf(1 - Number.EPSILON)).toBe(99.9);
  expect(english.percent(1)).toBe('100%');
});

test.each([
  [0, '5 sec'],
  [12_000, '15 sec'],
  [55_000, '55 sec'],
  [56_000, '1 min'],
  [170_000, '3 min'],
  [3_541_000, '1 hr'],
  [4_600_000, '1 hr 20 min'],
  [86_399_000, '24 hr'],
  [86_400_000, '1 day'],
  [400_000_000, '5 days'],
])('%d ms are roughly %s', (ms, words) => {
  expect(english.roughly(ms)).toBe(words);
});

test.each([
  [400, '1 sec'],
  [59_400, '59 sec'],
  [192_000, '3 min 12 sec'],
  [7_500_000, '2 hr 5 min'],
])('%d ms took %s', (ms, words) => {
  expect(english.elapsed(ms)).toBe(words);
});

test('another language has its own numbers', () => {
  // Intl separates number and unit by a space that does not break.
  const plain = (text: string) => text.replaceAll(/\s/g, ' ');
  expect(plain(german.bytes(62_914_560))).toBe('62,9 MB');
  expect(plain(german.percent(0.4239))).toBe('42,3 %');
  expect(plain(german.speed(155_000_000))).toBe('1.240 Mbit/s');
  expect(plain(german.roughly(4_600_000))).toBe('1 Std. 20 Min.');
});
