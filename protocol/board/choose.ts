import { type Bits, bitOf, bitsByStripe, countBits, firstBits, NO_BITS, partsOf } from './bits.ts';
import type { Geometry } from './geometry.ts';
import type { Replica } from './replica.ts';
import { freeBits, heldBits, isLive, type Stripe } from './stripe.ts';

/** What a device knows when it chooses. */
export interface ChoosingDevice {
  /** Its device number. */
  device: number;
  /** Tickets that it has in hand; never chosen again. */
  inHand: ReadonlySet<number>;
  /** Parts whose hash it publishes in the same message: claimable though the board does not know them yet. */
  aboutToBeKnown: ReadonlySet<number>;
}

/** At most `count` parts to claim, best first. [C1] to [C4]. Pure. */
export function choose(replica: Replica, chooser: ChoosingDevice, count: number, nowMs: number): number[] {
  if (count <= 0) return [];
  const inHand = bitsByStripe(chooser.inHand);
  const soonKnown = bitsByStripe(chooser.aboutToBeKnown);
  const offers: Offer[] = [];
  for (let s = 0; s < replica.geometry.stripes; s++) {
    const offer = offerOf(replica.stripe(s), chooser.device, nowMs, inHand.get(s), soonKnown.get(s));
    if (offer) offers.push(offer);
  }
  offers.sort(byPreference);

  const chosen: number[] = [];
  const take = (s: number, bits: Bits) => chosen.push(...partsOf(s, firstBits(bits, count - chosen.length)));
  for (const { s, lost } of offers) take(s, lost);
  for (const { s, free } of offers) {
    take(s, free);
    if (chosen.length >= count) break;
  }
  return chosen;
}

interface Offer {
  s: number;
  lost: Bits;
  free: Bits;
  isHome: boolean;
  freeCount: number;
  holders: number;
  tie: number;
}

function offerOf(
  stripe: Stripe,
  device: number,
  nowMs: number,
  inHand: Bits = NO_BITS,
  soonKnown: Bits = NO_BITS,
): Offer | undefined {
  const held = heldBits(stripe, device, nowMs);
  const lost = held & ~inHand & ~stripe.done;
  const othersHold = stripe.leases.reduce(
    (bits, lease) => (lease.device !== device && isLive(lease, nowMs) ? bits | lease.parts : bits),
    NO_BITS,
  );
  const free = (freeBits(stripe, nowMs) | (soonKnown & ~stripe.done & ~othersHold)) & ~inHand & ~lost;
  if (lost === NO_BITS && free === NO_BITS) return undefined;
  return {
    s: stripe.s,
    lost,
    free,
    isHome: (held | inHand) !== NO_BITS,
    freeCount: countBits(free),
    holders: stripe.leases.filter((lease) => isLive(lease, nowMs)).length,
    tie: mix(device, stripe.s),
  };
}

function byPreference(a: Offer, b: Offer): number {
  const homeFirst = Number(b.isHome) - Number(a.isHome);
  return homeFirst || b.freeCount - a.freeCount || a.holders - b.holders || a.tie - b.tie;
}

/** [C3] The same numbers give the same place in a shuffled order. */
function mix(device: number, s: number): number {
  let hash = Math.imul(device + 1, 0x9e37_79b1) ^ Math.imul(s + 1, 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** From asking for tickets to having them, twice: parts that fly together land together, and take as many at once. */
const ASKING_MS = 500;
/** More would only hold up the others. */
const MAX_HAND_BEYOND_FLIGHT = 32;

/**
 * [C5] How many tickets to have in hand, those in flight included, so that no place is ever idle. `rateBps` in bytes a
 * second; `gatherMs`: how long the device gathers what it has to say before it asks for more.
 */
export function handSize(
  geometry: Geometry,
  inFlight: number,
  rateBps: number | undefined,
  gatherMs = 0,
): number {
  const beyond = Math.ceil(((rateBps ?? 0) * (gatherMs + ASKING_MS)) / 1_000 / geometry.partBytes);
  return inFlight + Math.min(MAX_HAND_BEYOND_FLIGHT, Math.max(1, beyond));
}

/** A rival's pace, as far as it is known. */
export type RateOf = (device: number) => number | undefined;

/** [C6] A hedge has to win by this much to be worth its bytes. */
const HEDGE_GAIN = 2 / 3;
/** [C6] … and by this much: for less, the message and the bytes are not worth it. */
const HEDGE_GAIN_MS = 1_000;

/**
 * [C6] The ticket to carry a second time, when nothing is free; undefined when none is worth it.
 * `ownPartMs`: how long this device would take for one more part.
 */
export function chooseHedge(
  replica: Replica,
  chooser: ChoosingDevice,
  ownPartMs: number,
  rateOf: RateOf,
  nowMs: number,
): number | undefined {
  // As long as tickets are still to become known, there is better work coming.
  if (replica.knownParts() < replica.geometry.parts) return undefined;
  const backlog = liveHoldings(replica, nowMs);
  let worst: { part: number; ms: number } | undefined;
  for (let s = 0; s < replica.geometry.stripes; s++) {
    const stripe = replica.stripe(s);
    const others = stripe.leases.filter((lease) => lease.device !== chooser.device && isLive(lease, nowMs));
    for (const lease of others) {
      const rateBps = rateOf(lease.device);
      if (rateBps === undefined || rateBps <= 0) continue;
      const ms = ((backlog.get(lease.device) ?? 1) * replica.geometry.partBytes * 1_000) / rateBps;
      const alone = partsOf(s, lease.parts).filter(
        (part) => !chooser.inHand.has(part) && holders(stripe, part, nowMs) === 1,
      );
      const last = alone.at(-1);
      if (
        last !== undefined &&
        ownPartMs < Math.min(ms * HEDGE_GAIN, ms - HEDGE_GAIN_MS) &&
        (!worst || ms > worst.ms)
      )
        worst = { part: last, ms };
    }
  }
  return worst?.part;
}

function liveHoldings(replica: Replica, nowMs: number): Map<number, number> {
  const holdings = new Map<number, number>();
  for (let s = 0; s < replica.geometry.stripes; s++) {
    for (const lease of replica.stripe(s).leases) {
      if (!isLive(lease, nowMs)) continue;
      holdings.set(lease.device, (holdings.get(lease.device) ?? 0) + countBits(lease.parts));
    }
  }
  return holdings;
}

function holders(stripe: Stripe, part: number, nowMs: number): number {
  const bit = bitOf(part);
  return stripe.leases.filter((lease) => lease.parts & bit && isLive(lease, nowMs)).length;
}

/** How many tickets of the board anybody may claim now. */
export function countFree(replica: Replica, nowMs: number): number {
  let count = 0;
  for (let s = 0; s < replica.geometry.stripes; s++) count += countBits(freeBits(replica.stripe(s), nowMs));
  return count;
}

/** [C7] When the next lease of somebody else runs out; undefined when there is none. */
export function nextExpiryMs(replica: Replica, device: number, nowMs: number): number | undefined {
  let soonest: number | undefined;
  for (let s = 0; s < replica.geometry.stripes; s++) {
    for (const lease of replica.stripe(s).leases) {
      if (lease.device === device || !isLive(lease, nowMs)) continue;
      if (soonest === undefined || lease.untilMs < soonest) soonest = lease.untilMs;
    }
  }
  return soonest;
}
