import { type Bits, countBits, firstBits, NO_BITS } from './bits.ts';
import { type Credit, isLive, type Lease, MAX_CREDITS, MAX_LEASES, OTHERS, type Stripe } from './stripe.ts';

/** What a device asks of one stripe in one sync: report, publish, give back, claim and renew in one write. */
export interface SyncCommand {
  kind: 'sync';
  device: number;
  publish: Bits;
  done: Bits;
  release: Bits;
  claim: Bits;
  hedge: Bits;
  /** [L11] Other tickets of the stripe are as good as those claimed. */
  similar?: boolean;
  leaseMs: number;
}

/** [D6] What the finish asks when S3 does not have parts that were reported done. */
export interface ReopenCommand {
  kind: 'reopen';
  parts: Bits;
}

export type StripeCommand = SyncCommand | ReopenCommand;

/** The next stripe (the very same object when nothing changed) and the tickets granted to the sender. */
export interface Decision {
  stripe: Stripe;
  granted: Bits;
}

/** Decides a command on one stripe. Pure; the store applies the result by compare-and-swap on `rev`. */
export function decide(stripe: Stripe, command: StripeCommand, nowMs: number): Decision {
  return command.kind === 'sync' ? sync(stripe, command, nowMs) : reopen(stripe, command);
}

function sync(stripe: Stripe, command: SyncCommand, nowMs: number): Decision {
  const { device } = command;
  const known = stripe.known | command.publish;
  const done = stripe.done | command.done;
  const credits = credit(stripe.credits, device, command.done & ~stripe.done);

  const others = stripe.leases.filter((lease) => lease.device !== device && isLive(lease, nowMs));
  const othersTrimmed = trim(others, ~done);
  const own = stripe.leases.find((lease) => lease.device === device);
  // An own lease that has run out is still the sender's as long as nobody else took the ticket.
  const taken = unionOf(othersTrimmed);
  const ownIsLive = own !== undefined && isLive(own, nowMs);
  const kept = own ? own.parts & ~done & ~command.release & (ownIsLive ? ~NO_BITS : ~taken) : NO_BITS;

  const open = known & ~done;
  const full = kept === NO_BITS && othersTrimmed.length >= MAX_LEASES;
  const granted = full ? NO_BITS : grantable(command, open, kept, othersTrimmed);

  const held = kept | granted;
  const renewed = held === NO_BITS ? undefined : renew(own, held, command, nowMs);
  const leases = renewed ? [...othersTrimmed, renewed] : othersTrimmed;

  const unchanged =
    known === stripe.known &&
    done === stripe.done &&
    sameLease(own, renewed) &&
    // Leases of others that ran out are swept along with a write, never a reason for one.
    othersTrimmed.length === others.length &&
    othersTrimmed.every((lease, i) => lease === others[i]);
  return {
    stripe: unchanged ? stripe : { s: stripe.s, rev: stripe.rev + 1, known, done, credits, leases },
    granted,
  };
}

function grantable(command: SyncCommand, open: Bits, kept: Bits, others: readonly Lease[]): Bits {
  const once = unionOf(others);
  const free = open & ~once;
  const asked = (command.claim | command.hedge) & open & (free | kept);
  const claimed = asked | inPlaceOf(command, command.claim & open & once & ~kept, free & ~asked);
  const freeLeft = free & ~kept & ~claimed;
  if (command.hedge === NO_BITS || freeLeft !== NO_BITS) return claimed;
  return claimed | (command.hedge & open & ~twiceOf(others));
}

/** [L11] */
function inPlaceOf({ similar = false }: SyncCommand, taken: Bits, free: Bits): Bits {
  return similar ? firstBits(free, countBits(taken)) : NO_BITS;
}

/** [L7] */
function renew(own: Lease | undefined, held: Bits, command: SyncCommand, nowMs: number): Lease {
  const untilMs = nowMs + command.leaseMs;
  if (!own) return { device: command.device, parts: held, untilMs };
  const saysMore = (command.publish | command.done | command.release) !== NO_BITS || held !== own.parts;
  const halfPassed = own.untilMs - nowMs < command.leaseMs / 2;
  if (!saysMore && !halfPassed) return own;
  return { device: command.device, parts: held, untilMs: Math.max(own.untilMs, untilMs) };
}

function sameLease(before: Lease | undefined, after: Lease | undefined): boolean {
  return before?.parts === after?.parts && before?.untilMs === after?.untilMs;
}

/** [D4], [D5] */
function credit(credits: readonly Credit[], device: number, parts: Bits): readonly Credit[] {
  if (parts === NO_BITS) return credits;
  const named = credits.some((entry) => entry.device === device);
  // The last place is kept for "others", so that nobody is left out of the count.
  const to = named || credits.length < MAX_CREDITS - 1 ? device : OTHERS;
  const mine = credits.find((entry) => entry.device === to);
  return [
    ...credits.filter((entry) => entry !== mine),
    { device: to, parts: (mine?.parts ?? NO_BITS) | parts },
  ];
}

function reopen(stripe: Stripe, command: ReopenCommand): Decision {
  const lost = command.parts & stripe.done;
  if (lost === NO_BITS) return { stripe, granted: NO_BITS };
  const next = {
    ...stripe,
    rev: stripe.rev + 1,
    done: stripe.done & ~lost,
    credits: stripe.credits
      .map((entry) => ({ ...entry, parts: entry.parts & ~lost }))
      .filter((entry) => entry.parts !== NO_BITS),
  };
  return { stripe: next, granted: NO_BITS };
}

function trim(leases: readonly Lease[], to: Bits): readonly Lease[] {
  return leases
    .map((lease) => ((lease.parts & ~to) === NO_BITS ? lease : { ...lease, parts: lease.parts & to }))
    .filter((lease) => lease.parts !== NO_BITS);
}

function unionOf(leases: readonly Lease[]): Bits {
  return leases.reduce((bits, lease) => bits | lease.parts, NO_BITS);
}

/** Tickets that two of these leases name. */
function twiceOf(leases: readonly Lease[]): Bits {
  let once = NO_BITS;
  let twice = NO_BITS;
  for (const { parts } of leases) {
    twice |= once & parts;
    once |= parts;
  }
  return twice;
}

/** [F1] */
export function isFull(stripe: Stripe, all: Bits): boolean {
  return (stripe.done & all) === all;
}
