import { NO_BITS } from '../../protocol/board/bits.ts';
import type { SyncCommand } from '../../protocol/board/decide.ts';
import { type Hold, holdMsFor, judge, noteAfterMs, withinHand } from '../../protocol/board/hold.ts';
import { emptyStripe, heldBits, type Stripe } from '../../protocol/board/stripe.ts';
import type { Member, Ports, UploadMeta } from '../ports.ts';

/** In so many stripes a device cannot hold more tickets than it may: nothing has to be counted. */
const UNCOUNTED_STRIPES = 2;
/**
 * [L9], [L10] Holds a device to its tickets: neither too many, nor for too long with nothing to show. It is remembered
 * by device, so coming back changes nothing. A device that works in one or two stripes, as they all do until the very
 * end, costs one more read a sync, and a write when it goes to another stripe.
 */
export async function held(
  ports: Ports,
  meta: UploadMeta,
  { upload, device, deviceId }: Member,
  most: number,
  commands: ReadonlyMap<number, SyncCommand>,
  stripes: ReadonlyMap<number, Stripe>,
): Promise<ReadonlyMap<number, SyncCommand>> {
  const nowMs = ports.clock.nowMs();
  const holdMs = holdMsFor(meta.partBytes);
  const before = await ports.members.holds(upload, deviceId);
  const holds = new Map(before.map((hold) => [hold.s, hold]));
  const judged = new Map<number, SyncCommand>();
  for (const [s, command] of commands) {
    const verdict = judge(holds.get(s), stripes.get(s) ?? emptyStripe(s), command, holdMs, nowMs);
    judged.set(s, verdict.command);
    if (verdict.hold) holds.set(s, verdict.hold);
  }
  const claims = [...judged.values()].some(({ claim, hedge }) => (claim | hedge) !== NO_BITS);
  const counted = claims && holds.size > UNCOUNTED_STRIPES;
  const all = counted ? await loadAll(ports, upload, holds, stripes) : [];
  for (const stripe of all) {
    const isBarred = (holds.get(stripe.s)?.barredUntilMs ?? 0) > nowMs;
    const isIdle = heldBits(stripe, device, nowMs) === NO_BITS && !judged.has(stripe.s);
    if (isIdle && !isBarred) holds.delete(stripe.s);
  }
  const after = [...holds.values()];
  if (isNews(before, after, holdMs)) await ports.members.noteHolds(upload, deviceId, after);
  return counted ? withinHand(judged, all, device, most, nowMs) : judged;
}

function loadAll(
  ports: Ports,
  upload: string,
  holds: ReadonlyMap<number, Hold>,
  read: ReadonlyMap<number, Stripe>,
): Promise<Stripe[]> {
  return Promise.all([...holds.keys()].map(async (s) => read.get(s) ?? ports.stripes.load(upload, s)));
}

function isNews(before: readonly Hold[], after: readonly Hold[], holdMs: number): boolean {
  if (before.length !== after.length) return true;
  return after.some((hold) => {
    const known = before.find(({ s }) => s === hold.s);
    return (
      !known ||
      known.barredUntilMs !== hold.barredUntilMs ||
      // Said at once: a note of a longer lease would have it that what was given back was never granted.
      (hold.untilMs < known.untilMs && hold.sinceMs === known.sinceMs) ||
      hold.untilMs - known.untilMs > noteAfterMs(holdMs) ||
      Math.abs(hold.sinceMs - known.sinceMs) > noteAfterMs(holdMs)
    );
  });
}
