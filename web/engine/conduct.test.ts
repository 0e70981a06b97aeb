import { expect, test } from 'vitest';
import { emptyStripe, OTHERS, type Stripe } from '../../protocol/board/stripe.ts';
import { bitsAt } from '../../test/board-arbitraries.ts';
import { BEN, CLEO, lease } from '../../test/board-sketches.ts';
import { makeConducts } from './conduct.ts';

function watching() {
  let nowMs = 0;
  let isFree = true;
  let stripe: Stripe = emptyStripe(0);
  const conducts = makeConducts({ nowMs: () => nowMs, after: () => () => {} }, () => isFree);
  return {
    of: conducts.of,
    at(ms: number, change: Partial<Stripe> = {}, free = true) {
      nowMs = ms;
      isFree = free;
      const next = { ...stripe, ...change, rev: stripe.rev + 1 };
      conducts.saw(next);
      stripe = next;
    },
  };
}

test('[C11] a device waits as long as it holds nothing and there are tickets to have', () => {
  const board = watching();
  board.of(BEN);
  board.at(4_000);
  expect(board.of(BEN).waitedMs).toBe(4_000);
  board.at(5_000, { leases: [lease(BEN, bitsAt(1))] });
  expect(board.of(BEN).waitedMs).toBe(0);
  board.at(6_000, { leases: [] });
  board.at(7_000);
  expect(board.of(BEN).waitedMs).toBe(1_000);
  // For a moment there was nothing to have.
  board.at(8_000, { leases: [lease(CLEO, bitsAt(3))] }, false);
  board.at(9_000, { leases: [] });
  board.at(9_500);
  expect(board.of(BEN).waitedMs).toBe(1_500);
});

test('[C11] it owes from when it begins to hold something until a part is done, and then anew', () => {
  const board = watching();
  board.at(1_000, { leases: [lease(BEN, bitsAt(1, 2))] });
  board.at(9_000, { leases: [lease(BEN, bitsAt(1, 2, 3))] });
  expect(board.of(BEN)).toMatchObject({ owesMs: 8_000, parts: 0, heldMs: 8_000 });
  board.at(11_000, {
    done: bitsAt(1),
    credits: [{ device: BEN, parts: bitsAt(1) }],
    leases: [lease(BEN, bitsAt(2))],
  });
  board.at(12_000);
  expect(board.of(BEN)).toMatchObject({ owesMs: 1_000, parts: 1, heldMs: 11_000 });
  board.at(13_000, { leases: [] });
  board.at(20_000);
  expect(board.of(BEN)).toMatchObject({ owesMs: 0, parts: 1, heldMs: 12_000 });
});

test('[C11] what another is credited with is no deed; of what "others" are, it is its who held it', () => {
  const board = watching();
  board.at(0, { leases: [lease(BEN, bitsAt(1)), lease(CLEO, bitsAt(2))] });
  board.at(1_000, { done: bitsAt(1), credits: [{ device: CLEO, parts: bitsAt(1) }] });
  expect([board.of(BEN).parts, board.of(CLEO).parts]).toEqual([0, 1]);
  board.at(2_000, { done: bitsAt(1, 2), credits: [{ device: OTHERS, parts: bitsAt(1, 2) }] });
  expect([board.of(BEN).parts, board.of(CLEO).parts]).toEqual([0, 2]);
});
