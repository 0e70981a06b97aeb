/** One breath of a leased ticket. */
const BREATH_MS = 2_600;
/** How long a ticket that was just done shines before it has settled in. */
const SETTLE_MS = 900;
/** Devices breathe one after the other, so that they are told apart by it too. */
const PHASE_PER_DEVICE = 0.37;

/** 0 to 1. Pure. */
export function breathAt(nowMs: number, device: number): number {
  const turn = nowMs / BREATH_MS + device * PHASE_PER_DEVICE;
  return (1 - Math.cos(turn * 2 * Math.PI)) / 2;
}

/** 1 at the moment it was done, then less and less. Pure. */
export function glowAt(nowMs: number, doneAtMs: number | undefined): number {
  if (doneAtMs === undefined) return 0;
  const rest = 1 - (nowMs - doneAtMs) / SETTLE_MS;
  return rest <= 0 || rest > 1 ? 0 : rest * rest;
}
