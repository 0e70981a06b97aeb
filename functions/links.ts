import type { LinkEnd } from '../protocol/messages/error.ts';
import type { Share } from './ports.ts';

/** Whether a link still admits: neither run out nor taken back. */
export function isGood(share: Share, nowMs: number): boolean {
  return endOf(share, nowMs) === undefined;
}

/** Why a link admits nobody any more, if so. */
export function endOf(share: Share, nowMs: number): LinkEnd | undefined {
  if (share.revokedAtMs !== undefined) return 'taken-back';
  return share.expiresAtMs > nowMs ? undefined : 'run-out';
}
