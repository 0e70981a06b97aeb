import { expect, test } from 'vitest';
import { MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import { bitsAt } from '../../test/board-arbitraries.ts';
import { BEN, board, CLEO, lease, ME } from '../../test/board-sketches.ts';
import type { OpenBoard } from './board-session.ts';
import type { Heard } from './hearsay.ts';
import { outlookOf } from './outlook.ts';

const ALL = (1n << 64n) - 1n;

function lookOut(heard: Record<number, Heard>, inHand: number[] = [], online = true) {
  const replica = board({
    known: ALL,
    done: bitsAt(0, 1),
    leases: [lease(ME, bitsAt(2)), lease(BEN, bitsAt(3, 4), 30_000), lease(CLEO, bitsAt(5), 20_000)],
  });
  const members = new Map(
    [ME, BEN, CLEO].map((number) => [number, { number, name: '', role: 'helper', online, rateBps: 0 }]),
  );
  const open = { info: { device: ME }, replica, members } as unknown as OpenBoard;
  return outlookOf(open, { heardOf: (device) => heard[device] }, new Set(inHand), 0);
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

test('[C10] who was silent for too long, or has left, carries nothing more', () => {
  expect(lookOut({ [BEN]: heard(44_000, 10) }).others).toHaveLength(1);
  expect(lookOut({ [BEN]: heard(46_000, 10) }).others).toEqual([]);
  expect(lookOut({ [BEN]: heard(1_000) }, [], false).others).toEqual([]);
});

test('[C8] unassigned is what is neither done nor held by others nor in hand', () => {
  expect(lookOut({}).unassigned).toBe(64 - 2 - 3);
  expect(lookOut({}, [3, 10, 11]).unassigned).toBe(64 - 2 - 3 - 3);
});

test('[C10] a device that keeps no account of its work is taken to have all of its tickets still to send', () => {
  const { endOf } = lookOut({ [BEN]: { ...heard(0), backlogBytes: undefined } });
  expect(endOf(BEN, 30_000)).toBeCloseTo(20_000);
});
