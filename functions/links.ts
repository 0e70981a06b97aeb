import type { Share } from './ports.ts';

/** Whether a link still admits: neither run out nor taken back. */
export function isGood(share: Share, nowMs: number): boolean {
  return share.revokedAtMs === undefined && share.expiresAtMs > nowMs;
}
