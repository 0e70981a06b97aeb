import { expect, test } from 'vitest';
import { geometryOf, MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import { makeReplica } from '../../protocol/board/replica.ts';
import { emptyStripe, type Stripe } from '../../protocol/board/stripe.ts';
import { bitsAt } from '../../test/board-arbitraries.ts';
import { BEN, board, CLEO, lease, ME } from '../../test/board-sketches.ts';
import type { OpenBoard } from './board-session.ts';
import type { Conduct } from './conduct.ts';
import type { Heard } from './hearsay.ts';
import { outlookOf } from './outlook.ts';

const ALL = (1n << 64n) - 1n;

/** Of one that has always done what it said. */
const HONEST: Conduct = { waitedMs: 0, owesMs: 0, parts: 1_000, heldMs: 10_000 };

function lookOut(
  heard: Record<number, Heard>,
  inHand: number[] = [],
  online = true,
  conduct: Partial<Conduct> = {},
) {
  const replica = board({
    known: ALL,
    done: bitsAt(0, 1),
    leases: [lease(ME, bitsAt(2)), lease(BEN, bitsAt(3, 4), 30_000), lease(CLEO, bitsAt(5), 20_000)],
  });
  const members = new Map(
    [ME, BEN, CLEO].map((number) => [number, { number, name: '', role: 'helper', online, rateBps: 0 }]),
  );
  const open = { info: { device: ME }, replica, members } as unknown as OpenBoard;
  const conductOf = () => ({ ...HONEST, ...conduct });
  return outlookOf(open, { heardOf: (device) => heard[device] }, conductOf, new Set(inHand), 0);
}

const heard = (sinceMs: number, parts = 2, partsPerS = 0.1): Heard => ({
  rateBps: partsPerS * MIN_PART_BYTES,
  backlogBytes: parts * MIN_PART_BYTES,
  sinceMs,
});

test('[C10] a device has less and less to send as time passes, and is done when it said', () => {
  const { others, endOf } = lookOut({ [BEN]: heard(5_000) });
  expect(others).toHaveLength(1);
  expect(others[0]?.backlogBytes).toBeCloseTo(1.5 * MIN_PART_BYTES);
  expect(endOf(BEN, 30_000)).toBeCloseTo(15_000);
  expect(lookOut({ [BEN]: heard(20_000) }).endOf(BEN, 30_000)).toBe(0);
});

test('[C10] one that is late by half and 3 s is not reckoned with, and its tickets are free with its lease', () => {
  expect(lookOut({ [BEN]: heard(32_999) }).endOf(BEN, 9_000)).toBe(0);
  const late = lookOut({ [BEN]: heard(33_001) });
  expect(late.others).toEqual([]);
  expect(late.endOf(BEN, 9_000)).toBe(9_000);
});

test('[C10] of one that says 0 it is too early to tell at first; then it stands still', () => {
  expect(lookOut({ [BEN]: heard(2_999, 1, 0) }).endOf(BEN, 50_000)).toBeUndefined();
  expect(lookOut({ [BEN]: heard(3_000, 1, 0) }).endOf(BEN, 50_000)).toBe(50_000);
  expect(lookOut({}).endOf(BEN, 50_000)).toBe(50_000);
});

test('[C10] who works on a slow line and is silent meanwhile is reckoned with; who has left is not', () => {
  expect(lookOut({ [BEN]: heard(126_000, 1, 0.0119) }).others).toHaveLength(1);
  expect(lookOut({ [BEN]: heard(1_000) }, [], false).others).toEqual([]);
});

test('[C13] a smaller last part is told apart as long as nobody has it', () => {
  const lastBytes = MIN_PART_BYTES / 4;
  const unassigned = (sketch: Partial<Stripe>, inHand: number[] = []) => {
    const replica = makeReplica(geometryOf(2 * MIN_PART_BYTES + lastBytes));
    replica.merge({ ...emptyStripe(0), rev: 1, known: bitsAt(0, 1, 2), ...sketch });
    const open = { info: { device: ME }, replica, members: new Map() } as unknown as OpenBoard;
    return outlookOf(open, { heardOf: () => undefined }, () => HONEST, new Set(inHand), 0).unassigned;
  };
  expect(unassigned({})).toEqual({ parts: 2, lastBytes });
  expect(unassigned({}, [1])).toEqual({ parts: 1, lastBytes });
  expect(unassigned({}, [3])).toEqual({ parts: 2, lastBytes: undefined });
  expect(unassigned({ done: bitsAt(2) })).toEqual({ parts: 2, lastBytes: undefined });
  expect(unassigned({ leases: [lease(BEN, bitsAt(0, 2))] })).toEqual({ parts: 1, lastBytes: undefined });
});

test('[C8] unassigned is what is neither done nor held by others nor in hand', () => {
  expect(lookOut({}).unassigned).toEqual({ parts: 64 - 2 - 3, lastBytes: undefined });
  expect(lookOut({}, [3, 10, 11]).unassigned.parts).toBe(64 - 2 - 3 - 3);
});

test('[C10] a device that keeps no account of its work is taken to have all of its tickets still to send', () => {
  const { endOf } = lookOut({ [BEN]: { ...heard(0), backlogBytes: undefined } });
  expect(endOf(BEN, 30_000)).toBeCloseTo(20_000);
});

const doing = (conduct: Partial<Conduct>, said = heard(0, 0, 25)) =>
  lookOut({ [BEN]: said }, [], true, conduct);

test('[C11] who leaves free tickets where they are is not reckoned with, however fast it says to be', () => {
  expect(doing({ waitedMs: 5_000 }).others).toHaveLength(1);
  expect(doing({ waitedMs: 5_001 }).others).toEqual([]);
});

test('[C11] nor who holds tickets and delivers none; it is expected to go on so, if it still speaks', () => {
  expect(doing({ owesMs: 15_000 }).others).toHaveLength(1);
  expect(doing({ owesMs: 15_000 }).endOf(BEN, 20_000)).toBe(0);
  const idler = doing({ owesMs: 40_000 });
  expect(idler.others).toEqual([]);
  expect(idler.endOf(BEN, 20_000)).toBe(40_000);
  // Saying 0 again and again it is no newcomer either.
  expect(doing({ owesMs: 40_000 }, heard(1_000, 1, 0)).endOf(BEN, 20_000)).toBe(40_000);
  // Long silent, it may be dead: then its lease runs out.
  expect(doing({ owesMs: 40_000 }, heard(21_000, 0, 25)).endOf(BEN, 20_000)).toBe(20_000);
});

test('[C11] of a slow line the first part is waited for', () => {
  expect(doing({ owesMs: 26_000 }, heard(0, 1, 0.1)).others).toHaveLength(1);
  expect(doing({ owesMs: 31_000 }, heard(0, 1, 0.1)).others).toEqual([]);
});

test('[C11] nobody is believed to be much faster than what it was credited with', () => {
  const { others, endOf } = doing({ parts: 6, heldMs: 60_000 }, heard(0, 2, 25));
  expect(others[0]?.rateBps).toBeCloseTo(0.5 * MIN_PART_BYTES);
  expect(endOf(BEN, 30_000)).toBeCloseTo(4_000);
  // One part at a time, each of which takes 10 s: it is believed from the beginning on.
  for (const heldMs of [100, 9_900, 29_900, 99_900]) {
    const honest = doing({ parts: Math.floor(heldMs / 10_000), heldMs }, heard(0, 1, 0.1));
    expect(honest.others[0]?.rateBps).toBe(0.1 * MIN_PART_BYTES);
  }
});
