import { expect, test } from 'vitest';
import { gainOf } from './gain.ts';

const MIB = 1_048_576;

test('a device saves what the others would need longer without it', () => {
  // 600 MiB at 6 MiB/s take 100 s, at 4 MiB/s 150 s.
  expect(gainOf(2 * MIB, 6 * MIB, 600 * MIB)).toEqual({ state: 'saves', savedMs: 50_000 });
});

test('whoever carries everything saves no time that could be told', () => {
  expect(gainOf(6 * MIB, 6 * MIB, 600 * MIB)).toEqual({ state: 'alone' });
  expect(gainOf(6 * MIB, 6 * MIB + 10, 600 * MIB)).toEqual({ state: 'alone' });
});

test('nothing is claimed for a device that rests, for a moment, or for an upload that is through', () => {
  expect(gainOf(0, 6 * MIB, 600 * MIB)).toEqual({ state: 'none' });
  expect(gainOf(2 * MIB, 6 * MIB, 0)).toEqual({ state: 'none' });
  expect(gainOf(2 * MIB, 6 * MIB, 12 * MIB)).toEqual({ state: 'none' });
});
