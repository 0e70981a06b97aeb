import { type Bits, countBits, firstBits, NO_BITS } from './bits.ts';
import type { SyncCommand } from './decide.ts';
import { heldBits, type Stripe } from './stripe.ts';

/** [L9] A ticket is not held for longer than this without any part of its stripe being done by its holder. */
const HOLD_MS = 600_000;
/** [L9] A device slower than this, 128 kbit/s, would not get one part through: then it is no help. */
const SLOWEST_BYTES_PER_S = 16_384;

/** A stripe in which a device holds tickets. */
export interface Hold {
  s: number;
  /** Since when, without a part of the stripe done by it. */
  sinceMs: number;
  /** It held them for too long, and gets none of this stripe until then. */
  barredUntilMs?: number;
}

/** [L9] */
export function holdMsFor(partBytes: number): number {
  return Math.max(HOLD_MS, (2 * partBytes * 1_000) / SLOWEST_BYTES_PER_S);
}

/**
 * [L9] What becomes of a device's command in one stripe, and what is to be remembered of it:
 *
 *     claims ── holds, renews ── holdMs without a part done ──▶ all of it is free, and barred for holdMs
 *        ▲           │ a part done: the time begins anew
 *        └───────────┘
 *
 * Giving tickets back and claiming them again does not begin it anew; having been away for as long does.
 */
export function judge(
  hold: Hold | undefined,
  stripe: Stripe,
  command: SyncCommand,
  holdMs: number,
  nowMs: number,
): { command: SyncCommand; hold: Hold | undefined } {
  const { s } = stripe;
  const held = heldBits(stripe, command.device, nowMs);
  const claims = (command.claim | command.hedge) !== NO_BITS;
  const nothing = { ...command, claim: NO_BITS, hedge: NO_BITS };
  if (hold?.barredUntilMs !== undefined && hold.barredUntilMs > nowMs) return { command: nothing, hold };
  const wasAway = hold === undefined || hold.barredUntilMs !== undefined || nowMs - hold.sinceMs > 2 * holdMs;
  const isProgress = (command.done & held) !== NO_BITS;
  const sinceMs = isProgress || (wasAway && held === NO_BITS) ? nowMs : (hold?.sinceMs ?? nowMs);
  if (held !== NO_BITS && nowMs - sinceMs > holdMs) {
    const barred = { s, sinceMs: nowMs, barredUntilMs: nowMs + holdMs };
    return { command: { ...nothing, release: command.release | held }, hold: barred };
  }
  if (held === NO_BITS && !claims) return { command, hold };
  return { command, hold: { s, sinceMs } };
}

/** [L10] As much of what is claimed as leaves the device with no more than `most` tickets. */
export function withinHand(
  commands: ReadonlyMap<number, SyncCommand>,
  stripes: Iterable<Stripe>,
  device: number,
  most: number,
  nowMs: number,
): ReadonlyMap<number, SyncCommand> {
  const held = new Map<number, Bits>();
  for (const stripe of stripes) held.set(stripe.s, heldBits(stripe, device, nowMs));
  let left = most - [...held.values()].reduce((sum, bits) => sum + countBits(bits), 0);
  const trimmed = new Map<number, SyncCommand>();
  for (const [s, command] of commands) {
    const own = held.get(s) ?? NO_BITS;
    const fresh = (command.claim | command.hedge) & ~own;
    const kept = own | firstBits(fresh, Math.max(0, left));
    left -= countBits(fresh & kept);
    trimmed.set(s, { ...command, claim: command.claim & kept, hedge: command.hedge & kept });
  }
  return trimmed;
}
