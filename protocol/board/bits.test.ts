import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALL_64, anyBits, anyPlaces, bitsAt, placesIn } from '../../test/board-arbitraries.ts';
import {
  allBits,
  bitOf,
  bitsByStripe,
  bitsFromHex,
  bitsToHex,
  countBits,
  firstBits,
  NO_BITS,
  partsOf,
  stripeOf,
} from './bits.ts';
import { geometryOf, MIN_PART_BYTES } from './geometry.ts';

const anyPart = fc.integer({ min: 1, max: 10_000 });
const anyStripeNumber = fc.nat({ max: 156 });

test('stripe s holds parts 64 s + 1 to 64 s + 64', () => {
  expect([1, 64, 65, 128, 129, 10_000].map(stripeOf)).toEqual([0, 0, 1, 1, 2, 156]);
  expect([1, 2, 32, 33, 64, 65].map(bitOf)).toEqual([0, 1, 31, 32, 63, 0].map((place) => bitsAt(place)));
});

test('whatever the set, counting and listing it agree with looking at every place', () => {
  fc.assert(
    fc.property(anyBits, anyStripeNumber, (bits, s) => {
      const places = placesIn(bits);
      expect(countBits(bits)).toBe(places.length);
      expect(partsOf(s, bits)).toEqual(places.map((place) => 64 * s + 1 + place));
    }),
    { numRuns: 500 },
  );
});

test('each of the 64 places is counted and listed alone', () => {
  for (let place = 0; place < 64; place++) {
    expect(countBits(bitsAt(place))).toBe(1);
    expect(partsOf(3, bitsAt(place))).toEqual([193 + place]);
  }
  expect(countBits(NO_BITS)).toBe(0);
  expect(countBits(ALL_64)).toBe(64);
});

test('whatever the parts, in any order and repeated, their sets by stripe give them back', () => {
  fc.assert(
    fc.property(fc.array(anyPart, { maxLength: 100 }), (parts) => {
      const listed = [...bitsByStripe(parts)].flatMap(([s, bits]) => partsOf(s, bits));
      expect(listed.sort((a, b) => a - b)).toEqual([...new Set(parts)].sort((a, b) => a - b));
    }),
  );
});

test('the first n of a set are its n lowest, or all of it', () => {
  fc.assert(
    fc.property(anyPlaces, fc.integer({ min: -1, max: 70 }), (places, count) => {
      const lowest = [...places].sort((a, b) => a - b).slice(0, Math.max(0, count));
      expect(firstBits(bitsAt(...places), count)).toBe(bitsAt(...lowest));
    }),
  );
});

test('the wire form is hexadecimal of at most 16 digits and gives the set back', () => {
  fc.assert(
    fc.property(anyBits, (bits) => {
      expect(bitsToHex(bits)).toMatch(/^(0|[1-9a-f][0-9a-f]{0,15})$/);
      expect(bitsFromHex(bitsToHex(bits))).toBe(bits);
    }),
  );
  expect(bitsToHex(bitsAt(0, 4, 63))).toBe('8000000000000011');
});

test('the last stripe has only the tickets that the file has', () => {
  const geometry = geometryOf(130 * MIN_PART_BYTES);
  expect(allBits(geometry, 0)).toBe(ALL_64);
  expect(allBits(geometry, 1)).toBe(ALL_64);
  expect(allBits(geometry, 2)).toBe(bitsAt(0, 1));
  expect(allBits(geometry, 3)).toBe(NO_BITS);
});

test('whatever the number of parts, the stripes together have every part once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), (parts) => {
      const geometry = geometryOf(parts * MIN_PART_BYTES);
      const listed = Array.from({ length: geometry.stripes }, (_, s) => partsOf(s, allBits(geometry, s)));
      expect(listed.flat()).toEqual(Array.from({ length: parts }, (_, i) => i + 1));
    }),
  );
});
