import { type Bits, countBits, firstBits, NO_BITS } from './bits.ts';
import type { SyncCommand } from './decide.ts';
import { heldBits, type Stripe } from './stripe.ts';

/** [L9] A ticket is not held for longer than this without any part of its stripe being done by its holder. */
const HOLD_MS = 600_000;
/** [L9] A device slower than this, 128 kbit/s, would not get one part through: then it is no help. */
const SLOWEST_BYTES_PER_S = 16_384;

/** A stripe in which a device holds, or held, tickets. */
export interface Hold {
  s: number;
  /** Since when, without a part of the stripe done by it; later by the time that it held none. */
  sinceMs: number;
  /** Until when its lease goes, as far as it was noted, or when it gave its tickets back. */
  untilMs: number;
  /** It held them for too long, and gets none of this stripe until then. */
  barredUntilMs?: number;
}

/** [L9] */
export function holdMsFor(partBytes: number): number {
  return Math.max(HOLD_MS, (2 * partBytes * 1_000) / SLOWEST_BYTES_PER_S);
}

/** [L9] A note that is this much too old does no harm: a device that makes progress need not be noted each time. */
export function noteAfterMs(holdMs: number): number {
  return holdMs / 4;
}

/**
 * [L9] What becomes of a device's command in one stripe, and what is to be remembered of it:
 *
 *     claims ── holds, renews ── holdMs without a part done ──▶ all of it is free, and barred for holdMs
 *        ▲           │ a part done: the time begins anew
 *        └───────────┘
 *
 * Only the time counts in which it held some: giving tickets back and claiming them again does not begin it anew, but a
 * device that was away for long, with nothing, is as good as a new one.
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
  const isProgress = (command.done & held) !== NO_BITS;
  const sinceMs = isProgress ? nowMs : heldSinceMs(hold, held, holdMs, nowMs);
  if ((held !== NO_BITS || claims) && nowMs - sinceMs > holdMs) {
    const barred = { s, sinceMs: nowMs, untilMs: nowMs, barredUntilMs: nowMs + holdMs };
    return { command: { ...nothing, release: command.release | held }, hold: barred };
  }
  if (held === NO_BITS && !claims) return { command, hold };
  const isLeft = (held & ~command.release & ~command.done) !== NO_BITS;
  const givenBackMs = isProgress && hold ? Math.max(hold.untilMs, nowMs) : nowMs;
  return { command, hold: { s, sinceMs, untilMs: claims || isLeft ? nowMs + command.leaseMs : givenBackMs } };
}

function heldSinceMs(hold: Hold | undefined, held: Bits, holdMs: number, nowMs: number): number {
  if (!hold || hold.barredUntilMs !== undefined) return nowMs;
  if (held !== NO_BITS) return hold.sinceMs;
  // Its lease has not run out, and it gave nothing back: it was given nothing, or others have done it all.
  if (nowMs < hold.untilMs) return nowMs;
  // The lease may have been longer than was noted, but not by more than this.
  const awayMs = Math.max(0, nowMs - hold.untilMs - noteAfterMs(holdMs));
  return awayMs >= holdMs ? nowMs : hold.sinceMs + awayMs;
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
