import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  geometryOf,
  isFileSize,
  isPartOf,
  MAX_FILE_BYTES,
  MAX_PART_BYTES,
  MAX_PARTS,
  MIN_PART_BYTES,
  partLength,
  partRange,
  STRIPE_PARTS,
  shortLastBytes,
} from './geometry.ts';

const MIB = 1_048_576;
const GIB = 1_024 * MIB;

// Sizes at which a part grows by one MiB are where rounding would show: look around them, not only anywhere.
const anySize = fc.oneof(
  fc.nat({ max: MAX_FILE_BYTES }),
  fc
    .tuple(fc.integer({ min: 5, max: 5_120 }), fc.integer({ min: -2, max: 2 }))
    .map(([mib, off]) => Math.min(MAX_FILE_BYTES, mib * MIB * MAX_PARTS + off)),
  fc
    .tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: -2, max: 2 }))
    .map(([parts, off]) => parts * MIN_PART_BYTES + off),
);

test('[G1] a part is 5 MiB as long as that keeps the file within 10,000 parts', () => {
  expect(geometryOf(MAX_PARTS * MIN_PART_BYTES)).toEqual({
    sizeBytes: MAX_PARTS * MIN_PART_BYTES,
    partBytes: 5 * MIB,
    parts: 10_000,
    stripes: 157,
  });
  expect(geometryOf(MAX_PARTS * MIN_PART_BYTES + 1).partBytes).toBe(6 * MIB);
  expect(geometryOf(GIB)).toMatchObject({ partBytes: 5 * MIB, parts: 205, stripes: 4 });
});

test('[G1] whatever the size, a part is the smallest whole number of MiB from 5 that keeps within 10,000', () => {
  fc.assert(
    fc.property(anySize, (sizeBytes) => {
      const { partBytes, parts, stripes } = geometryOf(sizeBytes);
      expect(partBytes % MIB).toBe(0);
      expect(partBytes).toBeGreaterThanOrEqual(MIN_PART_BYTES);
      expect(partBytes).toBeLessThanOrEqual(MAX_PART_BYTES);
      expect(parts).toBeLessThanOrEqual(MAX_PARTS);
      // With one MiB less a part there would be too many of them. In whole numbers, where nothing rounds.
      const smaller = BigInt(partBytes - MIB);
      if (partBytes > MIN_PART_BYTES) expect(smaller * BigInt(MAX_PARTS) < BigInt(sizeBytes)).toBe(true);
      expect(stripes).toBe(Number((BigInt(parts) + 63n) / BigInt(STRIPE_PARTS)));
    }),
    { numRuns: 1_000 },
  );
});

test('[G2] whatever the size, parts cover the file exactly once and in order', () => {
  fc.assert(
    fc.property(anySize, fc.double({ min: 0, max: 1, noNaN: true }), (sizeBytes, where) => {
      const geometry = geometryOf(sizeBytes);
      const part = 1 + Math.floor(where * (geometry.parts - 1));
      expect(partRange(geometry, 1).startByte).toBe(0);
      expect(partRange(geometry, geometry.parts).endByte).toBe(sizeBytes);
      if (part < geometry.parts) {
        expect(partRange(geometry, part).endByte).toBe(partRange(geometry, part + 1).startByte);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('[G2] only the last part may be smaller than the others, and it is not empty', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 * MIN_PART_BYTES }), (sizeBytes) => {
      const geometry = geometryOf(sizeBytes);
      const lengths = Array.from({ length: geometry.parts }, (_, i) => partLength(geometry, i + 1));
      const last = lengths.pop();
      expect(new Set(lengths).size).toBeLessThanOrEqual(1);
      for (const length of lengths) expect(length).toBe(geometry.partBytes);
      expect(last).toBeGreaterThan(0);
      expect(last).toBeLessThanOrEqual(geometry.partBytes);
    }),
    { numRuns: 200 },
  );
});

test('[G3] an empty file has one part of 0 bytes', () => {
  const geometry = geometryOf(0);
  expect(geometry).toEqual({ sizeBytes: 0, partBytes: MIN_PART_BYTES, parts: 1, stripes: 1 });
  expect(partRange(geometry, 1)).toEqual({ startByte: 0, endByte: 0 });
});

test('[G4] 10,000 parts of 5 GiB are the most', () => {
  expect(geometryOf(MAX_PARTS * 5 * GIB)).toMatchObject({ partBytes: 5 * GIB, parts: 10_000 });
  expect(isFileSize(MAX_PARTS * 5 * GIB + 1)).toBe(false);
});

test.for([
  -1,
  0.5,
  MIN_PART_BYTES + 0.5,
  MAX_FILE_BYTES + 1,
  2 ** 53,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
])('[G4] %d bytes are no size of a file, and the error says what is', (sizeBytes) => {
  expect(isFileSize(sizeBytes)).toBe(false);
  expect(() => geometryOf(sizeBytes)).toThrow(RangeError);
  expect(() => geometryOf(sizeBytes)).toThrow(`from 0 to ${MAX_FILE_BYTES}; got ${sizeBytes}`);
});

test('[G2] a part that the file does not have has no range', () => {
  const geometry = geometryOf(3 * MIN_PART_BYTES);
  for (const part of [1, 2, 3]) expect(isPartOf(geometry, part)).toBe(true);
  for (const part of [0, -1, 4, 1.5, Number.NaN]) {
    expect(isPartOf(geometry, part)).toBe(false);
    expect(() => partRange(geometry, part)).toThrow(`this file has parts 1 to 3; got ${part}`);
    expect(() => partLength(geometry, part)).toThrow(RangeError);
  }
});

test('[G2] only a last part that is smaller than the others has a length of its own', () => {
  expect(shortLastBytes(geometryOf(3 * MIN_PART_BYTES))).toBeUndefined();
  expect(shortLastBytes(geometryOf(3 * MIN_PART_BYTES - 1))).toBe(MIN_PART_BYTES - 1);
  expect(shortLastBytes(geometryOf(3 * MIN_PART_BYTES + 1))).toBe(1);
  expect(shortLastBytes(geometryOf(0))).toBe(0);
});
