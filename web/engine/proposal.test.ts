import { expect, test } from 'vitest';
import { geometryOf, MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import { makeReplica, type Replica } from '../../protocol/board/replica.ts';
import { emptyStripe } from '../../protocol/board/stripe.ts';
import { ALL_64, bitsAt } from '../../test/board-arbitraries.ts';
import { BEN, board, endgame, lease, ME } from '../../test/board-sketches.ts';
import type { OpenBoard } from './board-session.ts';
import type { Flights } from './flights.ts';
import { makeHand } from './hand.ts';
import type { Load } from './load.ts';
import type { Outlook } from './outlook.ts';
import { dueForRenewal, handOn, isBeyondMeans, type OwnWork, proposalOf } from './proposal.ts';

const FAST_BPS = 4 * MIN_PART_BYTES;
const left = (parts: number) => ({ parts, lastBytes: undefined });
const ALONE: Outlook = { others: [], endOf: () => undefined, unassigned: left(64), waitedMs: 0 };

/** This device, number 1, before a board. */
const openBoard = (replica: Replica): OpenBoard => ({
  info: {
    upload: 'u',
    device: ME,
    role: 'helper',
    file: { name: 'film.mov', sizeBytes: replica.geometry.sizeBytes, type: '' },
  } as OpenBoard['info'],
  replica,
  state: { state: 'open' },
  members: new Map(),
});

function loadOf(held: { hand?: number[]; flights?: number[] } = {}): Load {
  const hand = makeHand();
  for (const part of held.hand ?? []) {
    hand.add({ part, sha256: '', url: '', expiresAtMs: Number.POSITIVE_INFINITY });
  }
  const flying = new Set(held.flights);
  const flights = {
    size: flying.size,
    sending: flying.size,
    parts: () => flying,
    has: (p: number) => flying.has(p),
  };
  return {
    hand,
    flights: flights as unknown as Flights,
    unreported: new Set(),
    unpublished: new Map(),
    returned: new Set(),
    unheard: new Set(),
  };
}

const work = (changes: Partial<OwnWork> = {}): OwnWork => ({
  atOnce: 4,
  rateBps: FAST_BPS,
  backlogBytes: 0,
  leaseMs: 60_000,
  gatherMs: 350,
  carriers: 1,
  ...changes,
});

const propose = (
  replica: Replica,
  { load = loadOf(), own = work(), outlook = ALONE }: { load?: Load; own?: OwnWork; outlook?: Outlook } = {},
) => proposalOf(load, openBoard(replica), own, () => outlook, { nowMs: 0, serverNowMs: 0 });

test('[C5] while not all is known, no more is laid in beyond what is in flight than is free for each', () => {
  const hashing = openBoard(board({ known: bitsAt(0, 1, 2, 3, 4, 5, 6, 7) }));
  const known = openBoard(board({ known: ALL_64 }));
  const all = handOn(known, work({ carriers: 4 }), 0, 0);
  expect(all).toBeGreaterThan(4 + 2);
  // Eight are free, for four devices.
  expect(handOn(hashing, work({ carriers: 4 }), 0, 0)).toBe(4 + 2);
  expect(handOn(hashing, work({ carriers: 9 }), 0, 0)).toBe(4);
  expect(handOn(hashing, work({ carriers: 1 }), 0, 0)).toBe(Math.min(all, 4 + 8));
});

test('[C5] what becomes known by a message can be asked for by the same one', () => {
  const load = loadOf({ flights: [1, 2, 3, 4] });
  for (let part = 5; part <= 12; part++) load.unpublished.set(part, 'hash');
  const hashing = board({ known: bitsAt(0, 1, 2, 3), leases: [lease(ME, bitsAt(0, 1, 2, 3))] });
  const { hashes, want } = propose(hashing, { load });
  expect(hashes).toHaveLength(8);
  expect(want.toSorted((a, b) => a - b)).toEqual([5, 6, 7, 8]);
  expect(propose(hashing, { load, own: work({ gatherMs: 3_000 }) }).want).toHaveLength(8);
  // In a crowd it is for the others, who have none.
  expect(propose(hashing, { load, own: work({ gatherMs: 3_000, carriers: 6 }) }).want).toHaveLength(1);
  expect(propose(hashing, { load, own: work({ gatherMs: 3_000, carriers: 7 }) }).want).toEqual([]);
});

test('[C8] who has measured nothing takes one ticket to find out, and who has it already takes no other', () => {
  const replica = board({ known: ALL_64 });
  const unmeasured = work({ rateBps: undefined, atOnce: 4 });
  expect(propose(replica, { own: unmeasured }).want).toHaveLength(1);
  const load = loadOf({ flights: [1] });
  const one = { ...unmeasured, backlogBytes: MIN_PART_BYTES };
  expect(propose(replica, { own: one, load }).want).toEqual([]);
});

test('[C8] what a faster device would be done with sooner is left to it', () => {
  const replica = board({ known: bitsAt(0) });
  const outlook = { ...ALONE, others: [{ rateBps: 100 * FAST_BPS, backlogBytes: 0 }], unassigned: left(1) };
  expect(propose(replica, { outlook }).want).toEqual([]);
  expect(propose(replica).want).toEqual([1]);
});

test('[C12] but not for ever: whoever has waited for as long as a part takes it, takes one', () => {
  const replica = board({ known: bitsAt(0, 1) });
  const outlook = { ...ALONE, others: [{ rateBps: 100 * FAST_BPS, backlogBytes: 0 }], unassigned: left(2) };
  const own = work({ rateBps: MIN_PART_BYTES / 20 });
  expect(propose(replica, { own, outlook: { ...outlook, waitedMs: 20_000 } }).want).toEqual([]);
  expect(propose(replica, { own, outlook: { ...outlook, waitedMs: 20_001 } }).want).toHaveLength(1);
});

test('[C13] a smaller last part is left to whoever is done with it sooner, and is no reason for a hedge before', () => {
  const replica = makeReplica(geometryOf(2.5 * MIN_PART_BYTES));
  replica.merge({ ...emptyStripe(0), rev: 1, known: bitsAt(0, 1, 2), done: bitsAt(0, 1) });
  const unassigned = { parts: 0, lastBytes: MIN_PART_BYTES / 2 };
  const faster = { ...ALONE, others: [{ rateBps: 2 * FAST_BPS, backlogBytes: 0 }], unassigned };
  expect(propose(replica, { outlook: faster })).toMatchObject({ want: [], hedge: [] });
  const busier = { ...faster, others: [{ rateBps: 2 * FAST_BPS, backlogBytes: MIN_PART_BYTES }] };
  expect(propose(replica, { outlook: busier }).want).toEqual([3]);
  expect(propose(replica, { outlook: faster, own: work({ rateBps: undefined }) }).want).toEqual([3]);
});

test('[C14] a first part that others are sooner done with is beyond the means of its holder, the less so the more of it has left', () => {
  const open = openBoard(board({ known: ALL_64 }));
  const slow = (leftParts: number) => ({
    rateBps: MIN_PART_BYTES / 20,
    backlogBytes: leftParts * MIN_PART_BYTES,
  });
  /** Done with that part as well in so many seconds. */
  const others = (seconds: number) => ({
    others: [{ rateBps: MIN_PART_BYTES, backlogBytes: (seconds - 1) * MIN_PART_BYTES }],
    unassigned: left(0),
  });
  // The slow one needs 20 s, 18 s and 15 s.
  const seconds = [9, 10, 13, 15, 18, 20];
  expect(seconds.map((s) => isBeyondMeans(open, slow(1), others(s)))).toEqual([
    ...Array(5).fill(true),
    false,
  ]);
  expect(seconds.map((s) => isBeyondMeans(open, slow(0.9), others(s)))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(seconds.map((s) => isBeyondMeans(open, slow(0.75), others(s)))).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(isBeyondMeans(open, slow(0.74), others(2))).toBe(false);
  expect(isBeyondMeans(open, slow(1), { ...others(9), unassigned: left(12) })).toBe(false);
  expect(isBeyondMeans(open, slow(1), { others: [], unassigned: left(0) })).toBe(false);
  expect(isBeyondMeans(open, { ...slow(1), rateBps: undefined }, others(2))).toBe(false);
});

test('[C14] what is on its way back is not taken for lost', () => {
  const replica = board({ known: bitsAt(0, 1), leases: [lease(ME, bitsAt(0))] });
  const load = loadOf();
  expect(propose(replica, { load }).want).toContain(1);
  load.returned.add(1);
  expect(propose(replica, { load })).toMatchObject({ want: [2], release: [1] });
});

test('[C6] hedges are asked for when nothing is free, nothing is in hand, and all is known and given out', () => {
  const replica = endgame([lease(BEN, bitsAt(3))]);
  const slow: Outlook = { ...ALONE, endOf: () => 60_000, unassigned: left(0) };
  expect(propose(replica, { outlook: slow }).hedge).toEqual([4]);
  // There is still something that nobody has: that comes first, once it can be had.
  expect(propose(replica, { outlook: { ...slow, unassigned: left(1) } }).hedge).toEqual([]);
  expect(propose(replica, { outlook: slow, load: loadOf({ hand: [9] }) }).hedge).toEqual([]);
  expect(propose(replica, { outlook: slow, own: work({ rateBps: undefined }) }).hedge).toEqual([]);
});

test('[L7] a lease is renewed once half of it has passed, by one part of its stripe, and the next one is waited for', () => {
  const replica = board(
    { known: ALL_64, leases: [lease(ME, bitsAt(0, 1), 100_000)] },
    { known: ALL_64, leases: [lease(ME, bitsAt(2), 150_000)] },
  );
  const due = (atMs: number) => dueForRenewal(openBoard(replica), new Set([1, 2, 67]), 60_000, atMs);
  expect(due(69_999)).toEqual({ parts: [], nextMs: 70_000 });
  expect(due(70_000)).toEqual({ parts: [1], nextMs: 120_000 });
  expect(due(120_000).parts).toEqual([1, 67]);
});
