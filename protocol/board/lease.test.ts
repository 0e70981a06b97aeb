import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_PART_BYTES, MIN_PART_BYTES } from './geometry.ts';
import { clampLeaseMs, leaseMsFor, MAX_LEASE_MS, MIN_LEASE_MS } from './lease.ts';

test('[L8] a lease lasts three times the expected time for a part', () => {
  // 4 parts of 5 MiB share 1 MiB/s: each takes 20 s.
  expect(leaseMsFor(MIN_PART_BYTES, 4, 1_048_576)).toBe(60_000);
  expect(leaseMsFor(MIN_PART_BYTES, 1, 512 * 1_024)).toBe(30_000);
});

test('[L8] a lease lasts 20 s at least and 10 min at most', () => {
  expect(MIN_LEASE_MS).toBe(20_000);
  expect(MAX_LEASE_MS).toBe(600_000);
  expect(leaseMsFor(MIN_PART_BYTES, 1, 1e9)).toBe(20_000);
  expect(leaseMsFor(MAX_PART_BYTES, 4, 1_000)).toBe(600_000);
  expect([0, 19_999, 20_000, 20_001, 599_999, 600_000, 1e12].map(clampLeaseMs)).toEqual([
    20_000, 20_000, 20_000, 20_001, 599_999, 600_000, 600_000,
  ]);
});

test('[L8] whatever the rate, the lease is a whole number of milliseconds within its bounds', () => {
  const anyRate = fc.oneof(
    fc.constant(undefined),
    fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    // Here most leases lie between the bounds, for parts of 5 MiB.
    fc.double({ min: 20_000, max: 1e6, noNaN: true }),
  );
  const anyPartBytes = fc.oneof(
    fc.constant(MIN_PART_BYTES),
    fc.integer({ min: MIN_PART_BYTES, max: MAX_PART_BYTES }),
  );
  fc.assert(
    fc.property(anyPartBytes, fc.nat({ max: 64 }), anyRate, (partBytes, inFlight, rateBps) => {
      const leaseMs = leaseMsFor(partBytes, inFlight, rateBps);
      expect(Number.isInteger(leaseMs)).toBe(true);
      expect(leaseMs).toBeGreaterThanOrEqual(MIN_LEASE_MS);
      expect(leaseMs).toBeLessThanOrEqual(MAX_LEASE_MS);
      expect(clampLeaseMs(leaseMs)).toBe(leaseMs);
    }),
  );
});

test('[L8] a slower device never gets a shorter lease', () => {
  const anyRate = fc.double({ min: 1, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(anyRate, anyRate, fc.integer({ min: 1, max: 16 }), (a, b, inFlight) => {
      const slower = leaseMsFor(MIN_PART_BYTES, inFlight, Math.min(a, b));
      expect(slower).toBeGreaterThanOrEqual(leaseMsFor(MIN_PART_BYTES, inFlight, Math.max(a, b)));
    }),
  );
});

test('[L8] a device that carries nothing yet is taken to carry one part', () => {
  expect(leaseMsFor(MIN_PART_BYTES, 0, 256 * 1_024)).toBe(leaseMsFor(MIN_PART_BYTES, 1, 256 * 1_024));
});

test('[L8] a device that has measured nothing gets a minute, and so does one that stands still', () => {
  expect(leaseMsFor(MIN_PART_BYTES, 4, undefined)).toBe(60_000);
  expect(leaseMsFor(MIN_PART_BYTES, 4, 0)).toBe(60_000);
});
