import { bitOf, partsOf } from './bits.ts';
import type { ChoosingDevice } from './choose.ts';
import type { Replica } from './replica.ts';
import { isLive, type Stripe } from './stripe.ts';

/**
 * In how many milliseconds a device will have sent all that it holds, as far as one can tell; undefined while it is too
 * early to tell. `leftMs`: how long its lease lasts.
 */
export type EndOf = (device: number, leftMs: number) => number | undefined;

/** [C6] A hedge has to win by this much to be worth its bytes. */
const HEDGE_GAIN = 2 / 3;
/** [C6] … and by this much: for less, the message and the bytes are not worth it. */
const HEDGE_GAIN_MS = 1_000;

/**
 * [C6] The tickets to carry a second time, when nothing is free: `count` at the most, none if none is worth it.
 * `ownMs`: when this device would be done with the first, the second … of them.
 */
export function chooseHedges(
  replica: Replica,
  chooser: Pick<ChoosingDevice, 'device' | 'inHand'>,
  count: number,
  ownMs: (hedges: number) => number,
  endOf: EndOf,
  nowMs: number,
): number[] {
  // As long as tickets are still to become known, there is better work coming.
  if (count <= 0 || replica.knownParts() < replica.geometry.parts) return [];
  const slow: Array<{ part: number; ms: number }> = [];
  for (let s = 0; s < replica.geometry.stripes; s++) {
    const stripe = replica.stripe(s);
    if (replica.standing(s, nowMs).holders === 0) continue;
    for (const lease of stripe.leases) {
      if (lease.device === chooser.device || !isLive(lease, nowMs)) continue;
      const ms = endOf(lease.device, lease.untilMs - nowMs);
      if (ms === undefined || !isWorthIt(ownMs(1), ms)) continue;
      for (const part of partsOf(s, lease.parts)) {
        if (!chooser.inHand.has(part) && holders(stripe, part, nowMs) === 1) slow.push({ part, ms });
      }
    }
  }
  // Of those of one device the last: it is the one that was begun last, if it was begun at all.
  slow.sort((a, b) => b.ms - a.ms || b.part - a.part);
  const hedges: number[] = [];
  for (const { part, ms } of slow) {
    if (hedges.length >= count || !isWorthIt(ownMs(hedges.length + 1), ms)) break;
    hedges.push(part);
  }
  return hedges;
}

function isWorthIt(ownMs: number, ms: number): boolean {
  return ownMs < Math.min(ms * HEDGE_GAIN, ms - HEDGE_GAIN_MS);
}

function holders(stripe: Stripe, part: number, nowMs: number): number {
  const bit = bitOf(part);
  return stripe.leases.filter((lease) => lease.parts & bit && isLive(lease, nowMs)).length;
}
