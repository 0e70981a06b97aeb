import { expect, test } from 'vitest';
import { bytesBetween, type Capacity, fluidBoundMs, integralBoundMs, mbit, steady } from './capacity.ts';

const ALWAYS = [[0, Number.POSITIVE_INFINITY]] as const;
const PART = mbit(8); // a second's worth of 8 Mbit/s

/** A file of so many parts, the last of which may be a piece of one. */
const parts = (count: number) => ({ partBytes: PART, parts: Math.ceil(count), sizeBytes: count * PART });

test('a link carries what its rates say, piece by piece', () => {
  const link: Capacity = [
    [0, 100],
    [1_000, 50],
    [3_000, 0],
  ];
  expect(bytesBetween(link, 0, 10_000)).toBe(200);
  expect(bytesBetween(link, 500, 1_500)).toBe(75);
});

test('the fluid bound is the time in which all links together carry the file', () => {
  const links = [20, 8, 2].map((megabits) => ({ capacity: steady(megabits), stays: ALWAYS }));
  expect(fluidBoundMs(links, mbit(300))).toBeCloseTo(10_000, -1);
  const late = { capacity: steady(30), stays: [[10_000, 20_000]] as const };
  expect(fluidBoundMs([...links, late], mbit(600))).toBeCloseTo(15_000, -1);
});

test('the integral bound counts whole parts, and none across an absence', () => {
  const links = [8, 4].map((megabits) => ({ capacity: steady(megabits), stays: ALWAYS }));
  // One a second and one in two: 3 parts after 2 s, 4 after 3 s.
  expect(integralBoundMs(links, parts(3))).toBeCloseTo(2_000, -1);
  expect(integralBoundMs(links, parts(4))).toBeCloseTo(3_000, -1);
  // A half more fits behind the first of the slower link, or behind the third of the faster one.
  expect(integralBoundMs(links, parts(3.5))).toBeCloseTo(2_500, -1);
  const away = {
    capacity: steady(4),
    stays: [
      [0, 1_000],
      [2_000, 10_000],
    ] as const,
  };
  expect(integralBoundMs([away], parts(1))).toBeCloseTo(4_000, -1);
});
