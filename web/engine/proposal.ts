import { bitOf, NO_BITS, stripeOf } from '../../protocol/board/bits.ts';
import { choose, handSize } from '../../protocol/board/choose.ts';
import { chooseHedges } from '../../protocol/board/hedge.ts';
import { endMs, fairShare, isOutOfPatience, type Share, type Unassigned } from '../../protocol/board/plan.ts';
import type { PartHash } from '../../protocol/messages/common.ts';
import type { OpenBoard } from './board-session.ts';
import { mayPublish } from './hash-ahead.ts';
import { type Load, partsInHand } from './load.ts';
import type { Outlook } from './outlook.ts';
import { CROWD } from './sync-window.ts';

/** How fast this device is, as far as it knows. */
export interface OwnWork {
  /** Requests in flight at once. */
  atOnce: number;
  /** Bytes a second while something was in flight; undefined: nothing measured. */
  rateBps: number | undefined;
  /** Of what it has in hand and in flight. */
  backlogBytes: number;
  leaseMs: number;
  /** How long there is before a report leaves, at most. */
  gatherMs: number;
  /** Devices that carry, this one included. */
  carriers: number;
}

/** What a device has to say in its next sync, in full. */
export interface Proposal {
  done: number[];
  hashes: PartHash[];
  release: number[];
  want: number[];
  hedge: number[];
  renew: number[];
}

export interface Times {
  nowMs: number;
  serverNowMs: number;
}

/** Reports, publishes, claims and renews, as the board and the load ask for it. */
export function proposalOf(
  load: Load,
  board: OpenBoard,
  work: OwnWork,
  lookOut: (inHand: ReadonlySet<number>) => Outlook,
  { nowMs, serverNowMs }: Times,
): Proposal {
  const { unreported } = load;
  const { replica, info } = board;
  const inHand = partsInHand(load, nowMs);
  const hashes = toPublish(load, board, serverNowMs);
  const chooser = {
    device: info.device,
    // [C1] What is on its way back is not lost.
    inHand: new Set([...inHand, ...load.returned]),
    aboutToBeKnown: new Set(hashes.map(({ part }) => part)),
  };
  const lacking = handOn(board, work, hashes.length, serverNowMs) - (inHand.size - unreported.size);
  let want: number[] = [];
  let hedge: number[] = [];
  if (lacking > 0) {
    const outlook = lazily(() => lookOut(inHand));
    const isFree = replica.freeParts(serverNowMs) + hashes.length > 0;
    want = choose(replica, chooser, lacking, serverNowMs, isFree ? share(board, work, outlook()) : NONE);
    if (want.length === 0) hedge = hedges(load, board, work, chooser, outlook, serverNowMs);
  }
  return {
    done: [...unreported],
    hashes,
    release: releaseOf(load, want),
    want,
    hedge,
    renew: [...load.unheard, ...dueForRenewal(board, inHand, work.leaseMs, serverNowMs).parts],
  };
}

/** What goes back to the others, unless it is asked for again. */
export function releaseOf({ returned }: Pick<Load, 'returned'>, want: readonly number[]): number[] {
  return [...returned].filter((part) => !want.includes(part));
}

/** What a device that rests still has to say: what it has done, and what it gives back. */
export function reportOf({ unreported, unpublished, returned, unheard }: Load): Proposal {
  return {
    done: [...unreported],
    hashes: [...unpublished].map(([part, sha256]) => ({ part, sha256 })),
    release: [...returned],
    want: [],
    hedge: [],
    renew: [...unheard],
  };
}

/**
 * [C5] How many tickets to have in hand. As long as the owner hashes, nobody lays in more than there is for each;
 * `aboutToBeKnown`: so many become free by the very message that asks.
 */
export function handOn(
  { replica }: OpenBoard,
  work: OwnWork,
  aboutToBeKnown: number,
  serverNowMs: number,
): number {
  const size = handSize(replica.geometry, work.atOnce, work, work.gatherMs);
  if (replica.knownParts() >= replica.geometry.parts) return size;
  // Most of a crowd waits for its first ticket: what is published is for them before the owner lays in more.
  const free = replica.freeParts(serverNowMs) + (work.carriers < CROWD ? aboutToBeKnown : 0);
  const spare = Math.floor(free / Math.max(1, work.carriers));
  return Math.min(size, work.atOnce + spare);
}

/** [C14] With more of it sent than this share, a part is not given back any more. */
const LITTLE_SENT = 1 / 4;
/** [C14] So many times the share that was sent, and this, is what has to be won. */
const GAIN = 2;
const GAIN_MS = 1_000;

const NONE: Share = { parts: 0, last: false };

/** [C8], [C12] Who has measured nothing yet, or stood still, takes one ticket, to find out. */
function share({ replica }: OpenBoard, { rateBps, backlogBytes }: OwnWork, outlook: Outlook): Share {
  if (!rateBps) return backlogBytes > 0 ? NONE : oneOf(outlook.unassigned);
  const own = { rateBps, backlogBytes };
  const fair = fairShare(replica.geometry, own, outlook.others, outlook.unassigned);
  const isLeftOut = fair.parts === 0 && !fair.last;
  const { partBytes } = replica.geometry;
  return isLeftOut && isOutOfPatience(partBytes, rateBps, outlook.waitedMs)
    ? oneOf(outlook.unassigned)
    : fair;
}

function oneOf({ parts }: Unassigned): Share {
  return parts > 0 ? { parts: 1, last: false } : { parts: 0, last: true };
}

/**
 * [C14] Whether the first part, begun when nothing was measured, is better given back: the others would be done with it, and
 * with all else, sooner. What has been sent of it is to be won: with a quarter sent, it is as with a hedge.
 */
export function isBeyondMeans(
  { replica: { geometry } }: Pick<OpenBoard, 'replica'>,
  { rateBps = 0, backlogBytes }: Pick<OwnWork, 'rateBps' | 'backlogBytes'>,
  { others, unassigned }: Pick<Outlook, 'others' | 'unassigned'>,
): boolean {
  const sentShare = Math.max(0, 1 - backlogBytes / geometry.partBytes);
  if (rateBps <= 0 || sentShare > LITTLE_SENT || others.length === 0) return false;
  const othersMs = endMs(geometry, others, { ...unassigned, parts: unassigned.parts + 1 });
  return othersMs * (1 + GAIN * sentShare) + GAIN_MS < (backlogBytes * 1_000) / rateBps;
}

function hedges(
  { hand, flights }: Load,
  { replica }: OpenBoard,
  { atOnce, rateBps = 0, backlogBytes }: OwnWork,
  chooser: { device: number; inHand: ReadonlySet<number> },
  outlook: () => Outlook,
  serverNowMs: number,
): number[] {
  const isTooEarly = replica.knownParts() < replica.geometry.parts;
  if (hand.size > 0 || rateBps <= 0 || isTooEarly || isSomethingLeft(outlook())) return [];
  const ownMs = (hedge: number) => ((backlogBytes + hedge * replica.geometry.partBytes) * 1_000) / rateBps;
  return chooseHedges(replica, chooser, atOnce - flights.size, ownMs, outlook().endOf, serverNowMs);
}

/** There are tickets that nobody has. */
function isSomethingLeft({ unassigned: { parts, lastBytes } }: Outlook): boolean {
  return parts > 0 || lastBytes !== undefined;
}

/** The others are looked at once, and only if it matters what they do. */
function lazily<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function toPublish({ unpublished }: Load, { replica, members }: OpenBoard, serverNowMs: number): PartHash[] {
  if (unpublished.size === 0) return [];
  const isLast = replica.knownParts() + unpublished.size >= replica.geometry.parts;
  if (!mayPublish(unpublished.size, replica.freeParts(serverNowMs), members.size, isLast)) return [];
  return [...unpublished].map(([part, sha256]) => ({ part, sha256 }));
}

export function isSomething(proposal: Proposal): boolean {
  return Object.values(proposal).some((list: readonly unknown[]) => list.length > 0);
}

/** One part of each stripe whose lease has half passed; and when (the server's time) the next one will have. */
export function dueForRenewal(
  { replica, info }: Pick<OpenBoard, 'replica' | 'info'>,
  inHand: ReadonlySet<number>,
  leaseMs: number,
  serverNowMs: number,
): { parts: number[]; nextMs: number } {
  const parts = new Map<number, number>();
  let nextMs = Number.POSITIVE_INFINITY;
  for (const part of inHand) {
    const s = stripeOf(part);
    const own = replica.stripe(s).leases.find((lease) => lease.device === info.device);
    if (parts.has(s) || !own || (own.parts & bitOf(part)) === NO_BITS) continue;
    const dueMs = own.untilMs - leaseMs / 2;
    if (dueMs <= serverNowMs) parts.set(s, part);
    else nextMs = Math.min(nextMs, dueMs);
  }
  return { parts: [...parts.values()], nextMs };
}
