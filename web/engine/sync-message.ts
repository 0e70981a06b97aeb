import { stripeOf } from '../../protocol/board/bits.ts';
import { MAX_PARTS_PER_LIST, MAX_STRIPES_PER_SYNC } from '../../protocol/limits.ts';
import type { PartHash } from '../../protocol/messages/common.ts';
import type { Request } from './connection.ts';

export type SyncRequest = Extract<Request, { type: 'sync' }>;

/** What a device has to say, in full; more than one message may hold. */
export interface ToSay {
  done: Iterable<number>;
  hashes: Iterable<PartHash>;
  release: Iterable<number>;
  want: Iterable<number>;
  hedge: Iterable<number>;
  renew: Iterable<number>;
}

/** What a device says of itself with it. */
export interface Said {
  leaseMs: number;
  rateBps: number;
  backlogBytes: number;
  hurry?: boolean;
  again?: boolean;
}

/** The next sync: as much of it as its lists and its number of stripes allow; what others wait for comes first. */
export function syncMessage(
  upload: string,
  toSay: ToSay,
  { leaseMs, rateBps, backlogBytes, hurry = false, again = false }: Said,
): SyncRequest {
  const stripes = new Set<number>();
  const fits = (part: number): boolean => {
    const s = stripeOf(part);
    if (!stripes.has(s) && stripes.size >= MAX_STRIPES_PER_SYNC) return false;
    stripes.add(s);
    return true;
  };
  const take = <Entry>(from: Iterable<Entry>, partOf: (entry: Entry) => number): Entry[] => {
    const taken: Entry[] = [];
    for (const entry of from) {
      if (taken.length >= MAX_PARTS_PER_LIST) break;
      if (fits(partOf(entry))) taken.push(entry);
    }
    return taken;
  };
  const itself = (part: number) => part;
  const done = take(toSay.done, itself);
  const hashes = take(toSay.hashes, ({ part }) => part);
  const want = take(toSay.want, itself);
  return {
    type: 'sync',
    upload,
    done,
    hashes,
    want,
    // [L11]
    ...(want.length > 0 && { similar: true }),
    hedge: take(toSay.hedge, itself),
    release: take(toSay.release, itself),
    renew: take(toSay.renew, itself),
    ...(hurry && { hurry }),
    ...(again && { again }),
    leaseMs,
    rateBps,
    backlogBytes,
  };
}

/** One of the parts that a sync names for each stripe. */
export function onePerStripe({ done, hashes, want, hedge, release, renew }: SyncRequest): number[] {
  const named = [done, hashes.map(({ part }) => part), want, hedge, release, renew].flat();
  return [...new Map(named.map((part) => [stripeOf(part), part])).values()];
}
