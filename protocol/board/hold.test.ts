import { expect, test } from 'vitest';
import { allBits, type Bits, countBits, NO_BITS } from './bits.ts';
import { decide, type SyncCommand } from './decide.ts';
import { geometryOf, MIN_PART_BYTES } from './geometry.ts';
import { type Hold, holdMsFor, judge, withinHand } from './hold.ts';
import { emptyStripe, heldBits, type Stripe } from './stripe.ts';

const HOLD_MS = holdMsFor(MIN_PART_BYTES);
const LEASE_MS = 600_000;
const ALL = allBits(geometryOf(64 * MIN_PART_BYTES), 0);

const sync = (changes: Partial<SyncCommand>): SyncCommand => ({
  kind: 'sync',
  device: 2,
  publish: NO_BITS,
  done: NO_BITS,
  release: NO_BITS,
  claim: NO_BITS,
  hedge: NO_BITS,
  leaseMs: LEASE_MS,
  ...changes,
});

/** A stripe and what is remembered of device 2, as messages come in. */
function bench() {
  let stripe: Stripe = decide(emptyStripe(0), sync({ device: 1, publish: ALL }), 0).stripe;
  let hold: Hold | undefined;
  return {
    say(nowMs: number, changes: Partial<SyncCommand>): Bits {
      const verdict = judge(hold, stripe, sync(changes), HOLD_MS, nowMs);
      hold = verdict.hold;
      const decision = decide(stripe, verdict.command, nowMs);
      stripe = decision.stripe;
      return decision.granted;
    },
    held: (nowMs: number) => heldBits(stripe, 2, nowMs),
  };
}

test('[L9] who renews for ever and delivers nothing loses the tickets, and gets none for a while', () => {
  const { say, held } = bench();
  expect(say(0, { claim: ALL })).toBe(ALL);
  for (let nowMs = 300_000; nowMs <= HOLD_MS; nowMs += 300_000) say(nowMs, {});
  expect(held(HOLD_MS)).toBe(ALL);
  say(HOLD_MS + 1, { claim: ALL });
  expect(held(HOLD_MS + 1)).toBe(NO_BITS);
  expect(say(HOLD_MS + 2, { claim: 1n, hedge: 2n })).toBe(NO_BITS);
  expect(say(2 * HOLD_MS + 1, { claim: 1n })).toBe(1n);
});

test('[L9] giving tickets back just in time and claiming them again does not make the time begin anew', () => {
  const { say, held } = bench();
  say(0, { claim: ALL });
  say(HOLD_MS - 2, { release: ALL });
  expect(say(HOLD_MS - 1, { claim: ALL })).toBe(ALL);
  say(HOLD_MS + 1, {});
  expect(held(HOLD_MS + 1)).toBe(NO_BITS);
});

test('[L9] a part done makes the time begin anew, however slow its device is', () => {
  const { say, held } = bench();
  say(0, { claim: 0xffn });
  for (let i = 0; i < 8; i++) say((i + 1) * (HOLD_MS - 1), { done: 1n << BigInt(i), claim: 0xffn });
  expect(held(8 * HOLD_MS)).toBe(NO_BITS); // All of them are done.
  expect(say(8 * HOLD_MS, { claim: 0x100n })).toBe(0x100n);
});

test('[L9] a part that it did not hold is no progress', () => {
  const { say, held } = bench();
  say(0, { claim: 1n });
  say(300_000, { done: 2n });
  say(HOLD_MS + 1, {});
  expect(held(HOLD_MS + 1)).toBe(NO_BITS);
});

test('[L9] who comes back after a long time begins anew', () => {
  const { say, held } = bench();
  say(0, { claim: 1n });
  say(1, { release: 1n });
  const laterMs = 10 * HOLD_MS;
  expect(say(laterMs, { claim: 1n })).toBe(1n);
  say(laterMs + HOLD_MS, {});
  expect(held(laterMs + HOLD_MS)).toBe(1n);
});

test('[L9] who was away for a while, with nothing in hand, is not held to that time', () => {
  for (const awayMs of [300_000, 520_000, 700_000, 1_000_000, 1_400_000]) {
    const { say, held } = bench();
    say(0, { claim: 1n, leaseMs: 20_000 });
    expect(say(10_000, { done: 1n, claim: 2n, leaseMs: 20_000 })).toBe(2n);
    const backMs = 10_000 + awayMs;
    expect(say(backMs, { claim: 2n })).toBe(2n);
    say(backMs + 300_000, {});
    expect(held(backMs + 300_000), `${awayMs} ms away`).toBe(2n);
  }
});

test('[L9] who was given nothing has held nothing, however long it asked', () => {
  const { say, held } = bench();
  say(0, { device: 3, claim: ALL, leaseMs: 2 * HOLD_MS });
  for (let nowMs = 0; nowMs < 2 * HOLD_MS; nowMs += 60_000) expect(say(nowMs, { claim: 1n })).toBe(NO_BITS);
  expect(say(2 * HOLD_MS, { claim: 1n })).toBe(1n);
  say(2 * HOLD_MS + 1_000, {});
  expect(held(2 * HOLD_MS + 1_000)).toBe(1n);
});

test('[L9] letting a lease run out and claiming at once does not make the time begin anew', () => {
  const { say, held } = bench();
  let nowMs = 0;
  for (; nowMs < HOLD_MS + 60_000; nowMs += 20_001) say(nowMs, { claim: ALL, leaseMs: 20_000 });
  expect(held(nowMs)).toBe(NO_BITS);
  expect(say(nowMs, { claim: ALL, leaseMs: 20_000 })).toBe(NO_BITS);
});

test('[L9] a large part has the time that it takes a slow line, twice', () => {
  expect(holdMsFor(MIN_PART_BYTES)).toBe(640_000);
  expect(holdMsFor(1)).toBe(600_000);
  expect(holdMsFor(100 * MIN_PART_BYTES)).toBe(64_000_000);
});

test('[L10] beyond what it may hold a device is granted nothing, whatever the stripes', () => {
  const full = decide(emptyStripe(0), sync({ publish: ALL, claim: ALL }), 0).stripe;
  const empty = (s: number) => decide(emptyStripe(s), sync({ publish: ALL }), 0).stripe;
  const commands = new Map([
    [1, sync({ claim: 0xffffn })],
    [2, sync({ claim: 0xffn, hedge: 0xff00n })],
  ]);
  const trimmed = withinHand(commands, [full, empty(1), empty(2)], 2, 64 + 20, 0);
  expect(countBits(trimmed.get(1)?.claim ?? 0n)).toBe(16);
  expect(countBits((trimmed.get(2)?.claim ?? 0n) | (trimmed.get(2)?.hedge ?? 0n))).toBe(4);
  const again = withinHand(new Map([[0, sync({ claim: 1n })]]), [full], 2, 64, 0);
  // [L4] What one holds already is granted again.
  expect(again.get(0)?.claim).toBe(1n);
});
