import { type Bits, countBits, NO_BITS } from '../../protocol/board/bits.ts';
import { OTHERS, type Stripe } from '../../protocol/board/stripe.ts';
import type { Clock } from './ports.ts';

/** What a device does, as the board shows it; whatever it says. All in milliseconds and parts. */
export interface Conduct {
  /** For so long it has held nothing, though there were tickets to have all the time. */
  waitedMs: number;
  /** For so long it has held tickets and none of them was done. */
  owesMs: number;
  /** Parts that it is credited with, and how long it has held tickets in all. */
  parts: number;
  heldMs: number;
}

/** Watches the board for what each device does. */
export interface Conducts {
  /** How a stripe is now. What was so when it is seen for the first time is nobody's deed. */
  saw(stripe: Stripe): void;
  of(device: number): Conduct;
}

interface Account {
  held: number;
  /** Since when it has held something, or nothing; or since its last part was done. */
  sinceMs: number;
  parts: number;
  /** Before `sinceMs`. */
  heldMs: number;
}

/** `isFree`: whether there are tickets to have now. */
export function makeConducts({ nowMs }: Clock, isFree: () => boolean): Conducts {
  const accounts = new Map<number, Account>();
  const seen = new Map<number, Stripe>();
  let freeSinceMs = 0;

  const note = (device: number, done: Bits, more = 0): Account => {
    if (!isFree()) freeSinceMs = nowMs();
    const account = accounts.get(device) ?? { held: 0, sinceMs: nowMs(), parts: 0, heldMs: 0 };
    const { held, sinceMs } = account;
    account.held += more;
    account.parts += countBits(done);
    if (done !== NO_BITS || held > 0 !== account.held > 0) {
      if (held > 0) account.heldMs += nowMs() - sinceMs;
      account.sinceMs = nowMs();
    }
    accounts.set(device, account);
    return account;
  };

  return {
    saw(next) {
      const before = seen.get(next.s) ?? { ...next, leases: [] };
      seen.set(next.s, next);
      for (const { device, parts } of next.credits) {
        const done = parts & next.done & ~before.done;
        if (device !== OTHERS) note(device, done);
        // [D5] Of "others" it is whoever held it.
        else for (const lease of before.leases) note(lease.device, lease.parts & done);
      }
      // What is new first: who holds something before and after has held something all the time.
      for (const { device, parts } of next.leases) note(device, NO_BITS, countBits(parts));
      for (const { device, parts } of before.leases) note(device, NO_BITS, -countBits(parts));
    },
    of(device) {
      const { held, sinceMs, parts, heldMs } = note(device, NO_BITS);
      const ms = nowMs() - sinceMs;
      return held > 0
        ? { waitedMs: 0, owesMs: ms, parts, heldMs: heldMs + ms }
        : { waitedMs: Math.min(ms, nowMs() - freeSinceMs), owesMs: 0, parts, heldMs };
    },
  };
}
