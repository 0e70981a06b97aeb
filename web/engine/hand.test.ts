import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Ticket } from './flights.ts';
import { makeHand } from './hand.ts';

const MARGIN_MS = 20_000;

function ticket(part: number, expiresAtMs = 900_000): Ticket {
  return {
    part,
    sha256: `hash of ${part}`,
    url: `https://store.test/${part}?until=${expiresAtMs}`,
    expiresAtMs,
  };
}

function handOf(...tickets: Ticket[]) {
  const hand = makeHand();
  for (const one of tickets) hand.add(one);
  return hand;
}

test('tickets leave the hand one by one, as they were granted', () => {
  const hand = handOf(ticket(9), ticket(2), ticket(5));
  expect([hand.take(0)?.part, hand.take(0)?.part]).toEqual([9, 2]);
  expect(hand.size).toBe(1);
  expect([...hand.parts()]).toEqual([5]);
  expect(hand.take(0)?.part).toBe(5);
  expect(hand.take(0)).toBeUndefined();
});

test('a ticket that was lost to another device does not leave the hand any more', () => {
  const hand = handOf(ticket(1), ticket(2), ticket(3));
  hand.remove(2);
  hand.remove(7);
  expect(hand.size).toBe(2);
  expect([hand.take(0)?.part, hand.take(0)?.part, hand.take(0)]).toEqual([1, 3, undefined]);
});

test('an address is not used in its last 20 seconds, and its ticket is out of the hand to be asked for anew', () => {
  const hand = handOf(ticket(1, 60_000), ticket(2, 60_001));
  expect(hand.take(60_000 - MARGIN_MS)?.part).toBe(2);
  expect(hand.size).toBe(0);
});

test('granted again, a part has its new address and no second place', () => {
  const hand = handOf(ticket(1, 100_000), ticket(1, 900_000));
  expect(hand.size).toBe(1);
  expect(hand.take(0)).toEqual(ticket(1, 900_000));
  expect(hand.take(0)).toBeUndefined();
});

/** Grants come in the order of time, some of them for a part that is in the hand; between them tickets are taken. */
const anyMoves = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('grant' as const), part: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constant('take' as const) }),
    fc.record({ kind: fc.constant('lose' as const), part: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.nat({ max: 60_000 }) }),
  ),
  { maxLength: 60, size: 'max' },
);

test('what is taken is always good for 20 s more, is in hand once, and is what runs out first', () => {
  fc.assert(
    fc.property(anyMoves, (moves) => {
      const hand = makeHand();
      const held = new Map<number, number>();
      let nowMs = 0;
      for (const move of moves) {
        if (move.kind === 'pass') nowMs += move.ms;
        if (move.kind === 'grant') {
          hand.add(ticket(move.part, nowMs + 90_000));
          held.set(move.part, nowMs + 90_000);
        }
        if (move.kind === 'lose') {
          hand.remove(move.part);
          held.delete(move.part);
        }
        if (move.kind !== 'take') continue;
        for (const [part, ms] of held) if (ms - MARGIN_MS <= nowMs) held.delete(part);
        const soonestMs = Math.min(...held.values());
        const taken = hand.take(nowMs);
        expect(taken === undefined).toBe(held.size === 0);
        if (!taken) continue;
        expect(taken.expiresAtMs).toBe(held.get(taken.part));
        expect(taken.expiresAtMs).toBe(soonestMs);
        held.delete(taken.part);
        expect([...hand.parts()].sort()).toEqual([...held.keys()].sort());
      }
    }),
    { numRuns: 300 },
  );
});

test('a part that failed rests until the time that was set, and each failure in a row is counted', () => {
  const hand = makeHand();
  for (let count = 1; count <= 9; count++) {
    expect(hand.failed(4)).toBe(count);
    hand.rest(4, count * 100);
    expect(hand.worstFailures()).toBe(count);
    expect(hand.nextUntilMs(0)).toBe(count * 100);
    expect(hand.resting(count * 100 - 1)).toEqual([4]);
    expect(hand.resting(count * 100)).toEqual([]);
  }
});

test('a part that got through begins anew: its next failure is the first', () => {
  const hand = makeHand();
  for (let i = 0; i < 5; i++) hand.failed(4);
  hand.stored(4);
  expect(hand.worstFailures()).toBe(0);
  expect(hand.failed(4)).toBe(1);
});

test('each part has failures of its own', () => {
  const hand = makeHand();
  hand.failed(4);
  hand.failed(4);
  hand.rest(4, 200);
  expect(hand.failed(5)).toBe(1);
  hand.rest(5, 100);
  expect(hand.worstFailures()).toBe(2);
  expect(hand.failing()).toEqual([4, 5]);
  expect(hand.nextUntilMs(0)).toBe(100);
  expect(hand.nextUntilMs(100)).toBe(200);
  hand.recovered(4);
  expect(hand.failing()).toEqual([5]);
  expect(hand.worstFailures()).toBe(1);
});

test('on a line where nothing gets through, parts that are new to it wait like those that failed before', () => {
  const hand = makeHand();
  const failures = Array.from({ length: 12 }, (_, i) => hand.failed(i + 1));
  expect(failures).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
  hand.recovered(1);
  expect(hand.failed(13), 'what others carried says nothing of this line').toBe(4);
  hand.stored(2);
  expect(hand.failed(14)).toBe(1);
});

test('with nothing at rest there is no time to wait for', () => {
  expect(makeHand().nextUntilMs(0)).toBe(Number.POSITIVE_INFINITY);
});
