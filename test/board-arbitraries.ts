import fc from 'fast-check';
import { allBits, type Bits, NO_BITS } from '../protocol/board/bits.ts';
import { decide, type StripeCommand, type SyncCommand } from '../protocol/board/decide.ts';
import { type Geometry, geometryOf, MIN_PART_BYTES } from '../protocol/board/geometry.ts';
import { MAX_LEASE_MS, MIN_LEASE_MS } from '../protocol/board/lease.ts';
import { emptyStripe, type Stripe } from '../protocol/board/stripe.ts';

export const ALL_64: Bits = (1n << 64n) - 1n;

/** Tickets of a stripe by their place in it, from 0. */
export function bitsAt(...places: readonly number[]): Bits {
  return places.reduce((bits, place) => bits | (1n << BigInt(place)), NO_BITS);
}

/** The places, from 0, that are in the set. Slow and obvious, as an oracle should be. */
export function placesIn(bits: Bits): number[] {
  return Array.from({ length: 64 }, (_, place) => place).filter((place) => (bits >> BigInt(place)) & 1n);
}

export const anyPlaces = fc.uniqueArray(fc.nat({ max: 63 }), { maxLength: 64 });
export const anyBits: fc.Arbitrary<Bits> = fc.oneof(
  fc.bigInt({ min: 0n, max: ALL_64 }),
  fc.constantFrom(NO_BITS, bitsAt(0), bitsAt(31), bitsAt(32), bitsAt(63), ALL_64),
);

// Few tickets, so that commands meet on them; on both sides of the 32-bit halves and at both ends.
const CONTESTED = [0, 1, 2, 30, 31, 32, 63] as const;
const someTickets = fc.subarray([...CONTESTED]).map((places) => bitsAt(...places));
const fewTickets = fc.subarray([...CONTESTED], { maxLength: 2 }).map((places) => bitsAt(...places));
const mostlyNone = fc.oneof({ arbitrary: fc.constant(NO_BITS), weight: 4 }, fewTickets);

/** A sync of one of the devices 1 to `devices`. */
export function anySync(devices: number): fc.Arbitrary<SyncCommand> {
  return fc.record({
    kind: fc.constant('sync' as const),
    device: fc.integer({ min: 1, max: devices }),
    publish: fc.oneof(fc.constant(NO_BITS), someTickets),
    done: mostlyNone,
    release: mostlyNone,
    claim: fc.oneof(fewTickets, someTickets),
    hedge: fc.oneof(fc.constant(NO_BITS), fewTickets),
    leaseMs: fc.constantFrom(MIN_LEASE_MS, 30_000, MAX_LEASE_MS),
  });
}

const anyReopen: fc.Arbitrary<StripeCommand> = someTickets.map((parts) => ({ kind: 'reopen', parts }));

/** A command, so long after the one before. */
export interface Step {
  afterMs: number;
  command: StripeCommand;
}

const anyPauseMs = fc.oneof(fc.nat({ max: 2_000 }), fc.constantFrom(10_000, 20_000, 30_000));

/** What several devices ask of one stripe over time; `reopens`: the finish has its say too. */
export function anySteps({ devices = 4, reopens = true, maxLength = 40 } = {}): fc.Arbitrary<Step[]> {
  const command = reopens
    ? fc.oneof({ arbitrary: anySync(devices), weight: 9 }, anyReopen)
    : anySync(devices);
  return fc.array(fc.record({ afterMs: anyPauseMs, command }), { minLength: 1, maxLength, size: 'max' });
}

/** One step with what it met and what it made. */
export interface Played {
  before: Stripe;
  command: StripeCommand;
  nowMs: number;
  after: Stripe;
  granted: Bits;
}

/** The steps one after the other, from time 0, as the store would apply them. */
export function play(steps: readonly Step[], from: Stripe = emptyStripe(0)): Played[] {
  let nowMs = 0;
  let before = from;
  return steps.map(({ afterMs, command }) => {
    nowMs += afterMs;
    const { stripe, granted } = decide(before, command, nowMs);
    const played = { before, command, nowMs, after: stripe, granted };
    before = stripe;
    return played;
  });
}

/** Three stripes, the last one with 22 tickets; the last part has one byte. */
export const THREE_STRIPES: Geometry = geometryOf(149 * MIN_PART_BYTES + 1);

/** Every version of the three stripes, in the order in which the store had them, and the time of the last. */
export interface BoardHistory {
  versions: Stripe[];
  newest: Stripe[];
  nowMs: number;
}

/** What several devices make of a board of three stripes. */
export function anyBoardHistory({ devices = 4, maxLength = 30 } = {}): fc.Arbitrary<BoardHistory> {
  const step = fc.record({
    s: fc.nat({ max: 2 }),
    afterMs: anyPauseMs,
    command: fc.oneof({ arbitrary: anySync(devices), weight: 9 }, anyReopen),
  });
  return fc.array(step, { maxLength, size: 'max' }).map((steps) => {
    const newest = [0, 1, 2].map(emptyStripe);
    const versions: Stripe[] = [];
    let nowMs = 0;
    for (const { s, afterMs, command } of steps) {
      nowMs += afterMs;
      const before = newest[s] ?? emptyStripe(s);
      const { stripe } = decide(before, within(command, allBits(THREE_STRIPES, s)), nowMs);
      if (stripe === before) continue;
      newest[s] = stripe;
      versions.push(stripe);
    }
    return { versions, newest, nowMs };
  });
}

/** The server refuses parts that the file does not have, so no command names one. */
function within(command: StripeCommand, all: Bits): StripeCommand {
  if (command.kind === 'reopen') return { ...command, parts: command.parts & all };
  const { publish, done, release, claim, hedge } = command;
  return {
    ...command,
    publish: publish & all,
    done: done & all,
    release: release & all,
    claim: claim & all,
    hedge: hedge & all,
  };
}

/** A stripe of any content, reachable or not. */
export const anyStripe: fc.Arbitrary<Stripe> = fc.record({
  s: fc.nat({ max: 156 }),
  rev: fc.nat(),
  known: anyBits,
  done: anyBits,
  credits: fc.array(fc.record({ device: fc.nat(), parts: anyBits }), { maxLength: 12 }),
  leases: fc.array(
    fc.record({ device: fc.nat(), parts: anyBits, untilMs: fc.nat({ max: Number.MAX_SAFE_INTEGER }) }),
    { maxLength: 20 },
  ),
});
