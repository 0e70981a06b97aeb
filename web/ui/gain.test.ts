import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gainOf, sharesOfWork } from './gain.ts';

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

const sharesOf = (...doneParts: number[]) => {
  const all = doneParts.reduce((sum, parts) => sum + parts, 0);
  const devices = doneParts.map((parts, i) => ({ number: i + 1, doneParts: parts }));
  return [...sharesOfWork(devices, all).values()].map((share) => Math.round(share * 100));
};

test('shares of the work add up to the whole, the largest rest rounded up first', () => {
  expect(sharesOf(75, 26, 26)).toEqual([59, 21, 20]);
  expect(sharesOf(1, 1, 1)).toEqual([34, 33, 33]);
  expect(sharesOf(4, 0)).toEqual([100, 0]);
  expect(sharesOf(0, 0)).toEqual([0, 0]);
  // The whole is for who carried all of it.
  expect(sharesOf(999, 1)).toEqual([99, 1]);
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { minLength: 1, maxLength: 12 }), (doneParts) => {
      const sum = sharesOf(...doneParts).reduce((all, share) => all + share, 0);
      expect(sum).toBe(doneParts.some((parts) => parts > 0) ? 100 : 0);
    }),
  );
});

test('what devices beyond those listed carried is not given to the others', () => {
  const shares = sharesOfWork(
    [
      { number: 1, doneParts: 1 },
      { number: 2, doneParts: 1 },
    ],
    4,
  );
  expect([...shares.values()]).toEqual([0.25, 0.25]);
});
