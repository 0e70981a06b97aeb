import { expect, test } from 'vitest';
import { parseBytes, parseDurationMs, parseRate } from './units.ts';

test.for([
  ['20Mbit/s', 2_500_000],
  ['20 mbit', 2_500_000],
  ['20Mbps', 2_500_000],
  ['20 Mb/s', 2_500_000],
  ['2MB/s', 2_000_000],
  ['2MiB/s', 2_097_152],
  ['500k', 500_000],
  ['8bit/s', 1],
  ['1.5 MBps', 1_500_000],
] as const)('%s is %i bytes a second', ([text, bytesPerS]) => {
  expect(parseRate(text)).toBe(bytesPerS);
});

test.for([
  ['2GB', 2_000_000_000],
  ['500 MB', 500_000_000],
  ['1.5GiB', 1_610_612_736],
  ['7', 7],
] as const)('%s is %i bytes', ([text, bytes]) => {
  expect(parseBytes(text)).toBe(bytes);
});

test.for([
  ['90s', 90_000],
  ['90', 90_000],
  ['10min', 600_000],
  ['10m', 600_000],
  ['1.5 h', 5_400_000],
] as const)('%s is %i ms', ([text, ms]) => {
  expect(parseDurationMs(text)).toBe(ms);
});

test.for(['', 'fast', '-1MB/s', '0', '1e9', '20 Mbit/h', 'MB', '20', '20/s', '1000ps'])(
  '%j is no speed',
  (text) => {
    expect(parseRate(text)).toBeUndefined();
  },
);

test.for(['', 'soon', '0s', '-5s', '3 weeks'])('%j is no time', (text) => {
  expect(parseDurationMs(text)).toBeUndefined();
});
