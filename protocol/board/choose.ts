import { type Bits, bitOf, bitsByStripe, countBits, firstBits, NO_BITS, partsOf, stripeOf } from './bits.ts';
import { type Geometry, STRIPE_PARTS, shortLastBytes } from './geometry.ts';
import type { Share } from './plan.ts';
import type { Replica } from './replica.ts';
import { heldBits, isLive, leasedBits, MAX_LEASES } from './stripe.ts';

/** What a device knows when it chooses. */
export interface ChoosingDevice {
  /** Its device number. */
  device: number;
  /** Tickets that it has in hand; never chosen again. */
  inHand: ReadonlySet<number>;
  /** Parts whose hash it publishes in the same message: claimable though the board does not know them yet. */
  aboutToBeKnown: ReadonlySet<number>;
}

/** Nobody else would be done with any of them sooner. */
const ALL_FREE: Share = { parts: Number.POSITIVE_INFINITY, last: true };

/**
 * At most `count` parts to claim, best first; of free ones `share` at the most, for others may be done with them sooner.
 * [C1] to [C4], [C13]. Pure.
 */
export function choose(
  replica: Replica,
  chooser: ChoosingDevice,
  count: number,
  nowMs: number,
  share = ALL_FREE,
): number[] {
  if (count <= 0) return [];
  const inHand = bitsByStripe(chooser.inHand);
  const soonKnown = bitsByStripe(chooser.aboutToBeKnown);
  const offers: Offer[] = [];
  for (let s = 0; s < replica.geometry.stripes; s++) {
    const offer = offerOf(replica, s, chooser.device, nowMs, inHand.get(s), soonKnown.get(s));
    if (offer) offers.push(offer);
  }
  offers.sort(byPreference);

  const chosen: number[] = [];
  const take = (s: number, bits: Bits, most: number) =>
    chosen.push(...partsOf(s, firstBits(bits, most - chosen.length)));
  for (const { s, lost } of offers) take(s, lost, count);
  const most = Math.min(count, chosen.length + share.parts);
  const shortLast = shortLastOf(replica.geometry);
  for (const { s, free, tie } of offers) {
    if (chosen.length >= most) break;
    const full = s === shortLast?.s ? free & ~shortLast.bit : free;
    chosen.push(...partsFrom(s, full, tie % STRIPE_PARTS, most - chosen.length));
  }
  const isOffered = offers.some(({ s, free }) => s === shortLast?.s && (free & shortLast.bit) !== NO_BITS);
  if (share.last && isOffered && chosen.length < count) chosen.push(replica.geometry.parts);
  return chosen;
}

/** [C13] The place of the last part, where that is smaller than the others. */
function shortLastOf(geometry: Geometry): { s: number; bit: Bits } | undefined {
  if (shortLastBytes(geometry) === undefined) return undefined;
  return { s: stripeOf(geometry.parts), bit: bitOf(geometry.parts) };
}

/** So many tickets of the set, from one on and then from the first. */
function partsFrom(s: number, bits: Bits, place: number, count: number): number[] {
  const before = (1n << BigInt(place)) - 1n;
  const first = firstBits(bits & ~before, count);
  return [...partsOf(s, first), ...partsOf(s, firstBits(bits & before, count - countBits(first)))];
}

interface Offer {
  s: number;
  lost: Bits;
  free: Bits;
  isHome: boolean;
  appeal: number;
  tie: number;
}

function offerOf(
  replica: Replica,
  s: number,
  device: number,
  nowMs: number,
  inHand: Bits = NO_BITS,
  soonKnown: Bits = NO_BITS,
): Offer | undefined {
  const stripe = replica.stripe(s);
  const { free: known, holders } = replica.standing(s, nowMs);
  if (holders === 0 && known === NO_BITS && soonKnown === NO_BITS) return undefined;
  const held = heldBits(stripe, device, nowMs);
  const lost = held & ~inHand & ~stripe.done;
  const hasRoom = held !== NO_BITS || holders < MAX_LEASES;
  const toBeFree =
    soonKnown === NO_BITS ? NO_BITS : soonKnown & ~stripe.done & ~leasedBits(stripe, nowMs, device);
  const open = known | toBeFree;
  const free = hasRoom ? open & ~inHand & ~lost : NO_BITS;
  if (lost === NO_BITS && free === NO_BITS) return undefined;
  const tie = mix(device, s);
  return {
    s,
    lost,
    free,
    isHome: (held | inHand) !== NO_BITS,
    appeal: appealOf(countBits(free), holders, tie),
    tie,
  };
}

/** [C3] The tickets there would be for each holder, more or less by chance: devices that know the same spread out. */
function appealOf(freeCount: number, holders: number, tie: number): number {
  const chance = 0.5 + tie / 2 ** 32;
  return (freeCount / (holders + 1)) * chance;
}

function byPreference(a: Offer, b: Offer): number {
  const homeFirst = Number(b.isHome) - Number(a.isHome);
  return homeFirst || b.appeal - a.appeal || a.tie - b.tie;
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
/** [C5] A part that takes longer than this is not waited for with the next one in hand. */
const LONG_PART_S = 8;
/** [C5] Its successor is asked for when so much of it is left. */
const SOON_S = 2;

/**
 * [C5] How many tickets to have in hand, those in flight included, so that no place is ever idle. `gatherMs`: how
 * long the device gathers what it has to say before it asks for more.
 */
export function handSize(geometry: Geometry, inFlight: number, own: OwnPace, gatherMs = 0): number {
  const { rateBps, backlogBytes } = own;
  if (rateBps === undefined) return inFlight;
  const isLong = geometry.partBytes > rateBps * LONG_PART_S;
  if (isLong) return backlogBytes > rateBps * SOON_S ? inFlight : inFlight + 1;
  const beyond = Math.ceil((rateBps * (gatherMs + ASKING_MS)) / 1_000 / geometry.partBytes);
  return inFlight + Math.min(MAX_HAND_BEYOND_FLIGHT, Math.max(1, beyond));
}

/** A device's own speed, undefined while it has measured none, and what it has still to send. */
export interface OwnPace {
  rateBps: number | undefined;
  backlogBytes: number;
}

/** [C7] When the next lease of somebody else runs out; undefined when there is none. */
export function nextExpiryMs(replica: Replica, device: number, nowMs: number): number | undefined {
  let soonest: number | undefined;
  for (let s = 0; s < replica.geometry.stripes; s++) {
    if (replica.standing(s, nowMs).untilMs >= (soonest ?? Number.POSITIVE_INFINITY)) continue;
    for (const lease of replica.stripe(s).leases) {
      if (lease.device === device || !isLive(lease, nowMs)) continue;
      if (soonest === undefined || lease.untilMs < soonest) soonest = lease.untilMs;
    }
  }
  return soonest;
}
