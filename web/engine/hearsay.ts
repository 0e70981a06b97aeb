import { MAX_LEASE_MS } from '../../protocol/board/lease.ts';
import type { Clock } from './ports.ts';

/** `sinceMs` ago a device had this speed and so much to send; undefined where it keeps no account of that. */
export interface Heard {
  rateBps: number;
  backlogBytes: number | undefined;
  sinceMs: number;
}

/** What the other devices said of themselves, each last. */
export interface Hearsay {
  hear(device: number, rateBps: number, backlogBytes: number | undefined): void;
  heardOf(device: number): Heard | undefined;
  /** The speed of a device, if it has been heard of lately. Bytes a second. */
  rateOf(device: number): number | undefined;
  /** The speeds of all that have been heard of lately and count, together. Bytes a second. */
  sumBps(): number;
}

/** A speed is believed for this long: whoever works has delivered something or renewed a lease until then. */
const RATE_BELIEVED_MS = MAX_LEASE_MS / 2;
/** After so long a sum is made anew: some have not been heard of lately any more, or do not count. */
const SUM_BELIEVED_MS = 3_000;

/** A part that was stored may have been told of so much later: see how long a sync gathers. */
const TOLD_LATER_MS = 4_000;

/** Silent for so long, and three times as long as what it holds should take, a device is not at work any more. */
const SILENT_MS = 30_000;
const SILENT_TIMES = 3;

/**
 * What can still be true of a speed that was heard of `sinceMs` ago. A device tells of every part it stores, so since
 * then it has carried no more than the tickets it holds; without any it carries nothing. Pure.
 */
export function fadedBps(rateBps: number, sinceMs: number, heldBytes: number): number {
  if (sinceMs <= TOLD_LATER_MS) return heldBytes > 0 ? rateBps : 0;
  const shouldTakeMs = (heldBytes * 1_000) / rateBps;
  if (sinceMs > Math.max(SILENT_MS, SILENT_TIMES * shouldTakeMs)) return 0;
  return Math.min(rateBps, (heldBytes * 1_000) / (sinceMs - TOLD_LATER_MS));
}

/** `counts`: whether the speed of this device is one of those that are summed. */
export function makeHearsay(clock: Clock, counts: (device: number) => boolean): Hearsay {
  const heard = new Map<
    number,
    { atMs: number; rateBps: number; backlogBytes: number | undefined; summedBps: number }
  >();
  let sum: { rateBps: number; untilMs: number } | undefined;
  return {
    hear(device, rateBps, backlogBytes) {
      const summedBps = counts(device) ? rateBps : 0;
      if (sum) sum.rateBps += summedBps - (heard.get(device)?.summedBps ?? 0);
      heard.set(device, { atMs: clock.nowMs(), rateBps, backlogBytes, summedBps });
    },
    heardOf(device) {
      const last = heard.get(device);
      if (!last) return undefined;
      const { atMs, rateBps, backlogBytes } = last;
      return { rateBps, backlogBytes, sinceMs: clock.nowMs() - atMs };
    },
    rateOf(device) {
      const last = heard.get(device);
      return last && clock.nowMs() - last.atMs <= RATE_BELIEVED_MS ? last.rateBps : undefined;
    },
    sumBps() {
      const nowMs = clock.nowMs();
      if (sum && nowMs < sum.untilMs) return sum.rateBps;
      sum = { rateBps: 0, untilMs: nowMs + SUM_BELIEVED_MS };
      for (const [device, last] of heard) {
        const isCounted = nowMs - last.atMs <= RATE_BELIEVED_MS && counts(device);
        last.summedBps = isCounted ? last.rateBps : 0;
        sum.rateBps += last.summedBps;
      }
      return sum.rateBps;
    },
  };
}
