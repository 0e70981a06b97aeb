import { bitOf, NO_BITS, stripeOf } from '../../protocol/board/bits.ts';
import { choose, chooseHedge, countFree, handSize, type RateOf } from '../../protocol/board/choose.ts';
import type { PartHash } from '../../protocol/messages/common.ts';
import type { OpenBoard } from './board-session.ts';
import { mayPublish } from './hash-ahead.ts';
import { type Load, partsInHand } from './load.ts';

/** How fast this device is, as far as it knows. */
export interface Pace {
  /** Requests in flight at once. */
  atOnce: number;
  /** Bytes a second over the last seconds; undefined: nothing measured. */
  rateBps: number | undefined;
  /** The same at the last part that landed. */
  steadyRateBps: number | undefined;
  leaseMs: number;
  /** How long there is before a report leaves, at most. */
  gatherMs: number;
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
  { replica, info, members }: OpenBoard,
  pace: Pace,
  rateOf: RateOf,
  { nowMs, serverNowMs }: Times,
): Proposal {
  const { hand, flights, unreported, unpublished, returned } = load;
  const { geometry } = replica;
  const inHand = partsInHand(load, nowMs);
  const free = countFree(replica, serverNowMs);
  const isLast = replica.knownParts() + unpublished.size >= geometry.parts;
  const publishes = mayPublish(unpublished.size, free, members.size, isLast);
  const hashes = publishes ? [...unpublished].map(([part, sha256]) => ({ part, sha256 })) : [];
  const chooser = {
    device: info.device,
    inHand,
    aboutToBeKnown: new Set(hashes.map(({ part }) => part)),
  };
  const inWork = inHand.size - unreported.size;
  const want = choose(
    replica,
    chooser,
    handSize(geometry, pace.atOnce, pace.rateBps, pace.gatherMs) - inWork,
    serverNowMs,
  );
  const hedge: number[] = [];
  if (want.length === 0 && hand.size === 0 && flights.size < pace.atOnce) {
    const ownPartMs =
      (geometry.partBytes * (flights.size + 1) * 1_000) / Math.max(1, pace.steadyRateBps ?? 0);
    const part = chooseHedge(replica, chooser, ownPartMs, rateOf, serverNowMs);
    if (part !== undefined) hedge.push(part);
  }
  return {
    done: [...unreported],
    hashes,
    release: [...returned].filter((part) => !want.includes(part)),
    want,
    hedge,
    renew: dueForRenewal({ replica, info }, inHand, pace.leaseMs, serverNowMs).parts,
  };
}

/** What a device that rests still has to say: what it has done, and what it gives back. */
export function reportOf({ unreported, unpublished, returned }: Load): Proposal {
  return {
    done: [...unreported],
    hashes: [...unpublished].map(([part, sha256]) => ({ part, sha256 })),
    release: [...returned],
    want: [],
    hedge: [],
    renew: [],
  };
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
