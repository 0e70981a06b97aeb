/** [L8] The shortest lease: a few syncs on a bad line. */
export const MIN_LEASE_MS = 20_000;
/** [L8] The longest: what a device that died silently can hold up. */
export const MAX_LEASE_MS = 600_000;

export function clampLeaseMs(leaseMs: number): number {
  return Math.min(MAX_LEASE_MS, Math.max(MIN_LEASE_MS, Math.round(leaseMs)));
}

/**
 * [L8] The lease for a device that carries `inFlight` parts of `partBytes` at once at `rateBps` (bytes a second) in
 * all. Undefined rate: nothing measured yet.
 */
export function leaseMsFor(partBytes: number, inFlight: number, rateBps: number | undefined): number {
  // Nothing measured, or nothing moves: if that is the end of the device, nobody is to wait for long.
  if (rateBps === undefined || rateBps <= 0) return 3 * MIN_LEASE_MS;
  const partMs = (partBytes * Math.max(1, inFlight) * 1_000) / rateBps;
  return clampLeaseMs(3 * partMs);
}
