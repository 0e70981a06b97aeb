import {
  allBits,
  type Bits,
  bitsByStripe,
  countBits,
  firstBits,
  NO_BITS,
  partsOf,
} from '../../protocol/board/bits.ts';
import { isFull } from '../../protocol/board/decide.ts';
import { type Geometry, geometryOf, isPartOf, partLength } from '../../protocol/board/geometry.ts';
import { clampLeaseMs } from '../../protocol/board/lease.ts';
import { freeBits, type Stripe } from '../../protocol/board/stripe.ts';
import { MAX_GRANTED, MAX_STRIPES_PER_SYNC } from '../../protocol/limits.ts';
import { stripeToWire } from '../../protocol/messages/board.ts';
import type { Granted, Sync } from '../../protocol/messages/sync.ts';
import { type Applied, applyToStripe } from '../apply-to-stripe.ts';
import { broadcast } from '../broadcast.ts';
import { electIfDue } from '../finish/elect.ts';
import type { Member, Ports, StoredState, UploadMeta } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { type Answer, type MessageContext, memberOf, metaOf, requireRole } from './context.ts';

/** Report, publish, give back, claim and renew, in one message and normally one write. */
export async function sync(context: MessageContext, message: Sync): Promise<Answer> {
  const { ports } = context;
  const { upload } = message;
  const [member, meta, stored] = await Promise.all([
    memberOf(context, upload),
    memberOf(context, upload).then(() => metaOf(ports, upload)),
    ports.uploads.state(upload),
  ]);
  if (!stored) throw new Error(`upload ${upload} has no STATE`);
  const geometry = geometryOf(meta.sizeBytes);
  check(message, member, geometry);

  const answer = (state: StoredState['state'], applied: readonly Applied[]): Granted => ({
    type: 'granted',
    re: message.id,
    upload,
    serverNowMs: ports.clock.nowMs(),
    state,
    stripes: applied.map(({ stripe }) => stripeToWire(stripe)),
  });
  if (stored.state.state === 'finished' || stored.state.state === 'aborted') return answer(stored.state, []);

  await publish(ports, message);
  const applied = await apply(context, message, member, geometry, stored);
  const put = await sign(context, meta, applied);
  await tellOthers(context, message, member, applied);
  await reportFull(ports, meta, applied, stored);
  const granted = answer(stored.state, applied);
  return put ? { ...granted, put } : granted;
}

function check(message: Sync, member: Member, geometry: Geometry): void {
  const { done, want, hedge, release, renew, hashes, any = 0 } = message;
  const named = [done, want, hedge, release, renew, hashes.map(({ part }) => part)].flat();
  if (named.length > 0 || any > 0) requireRole(member, ['owner', 'helper'], 'carry parts');
  if (hashes.length > 0) requireRole(member, ['owner'], 'publish hashes');
  if ((want.length > 0 || hedge.length > 0 || hashes.length > 0 || any > 0) && !member.proven) {
    throw new Refusal('not-proven', 'This device has not shown yet that it has the same file.', {
      expected: 'offer and prove first',
    });
  }
  const outside = named.find((part) => !isPartOf(geometry, part));
  if (outside !== undefined) {
    throw new Refusal('part-out-of-range', 'There is no such part in this upload.', {
      expected: `a part from 1 to ${geometry.parts}`,
      value: String(outside),
    });
  }
  const stripes = bitsByStripe(named).size;
  if (stripes > MAX_STRIPES_PER_SYNC) {
    throw new Refusal('too-many-stripes', 'This message is about too many stripes at once.', {
      expected: `at most ${MAX_STRIPES_PER_SYNC} stripes of 64 parts`,
      value: String(stripes),
    });
  }
}

/** Hashes are stored before the stripes say that they are known: a known ticket always has its hash. */
async function publish(ports: Ports, { upload, hashes }: Sync): Promise<void> {
  const stripes = bitsByStripe(hashes.map(({ part }) => part));
  for (const [s, bits] of stripes) {
    const parts = new Set(partsOf(s, bits));
    const publication = await ports.manifests.publish(
      upload,
      s,
      hashes.filter(({ part }) => parts.has(part)),
    );
    if (publication.state === 'contradicts') {
      const { part } = publication;
      throw new Refusal('hash-contradicts', `Part ${part} has other bytes than when this upload began.`, {
        part,
        expected: 'the hash that was published first',
        value: 'another one',
      });
    }
  }
}

async function apply(
  { ports }: MessageContext,
  message: Sync,
  member: Member,
  geometry: Geometry,
  stored: StoredState,
): Promise<Applied[]> {
  const { upload } = message;
  const publishBits = bitsByStripe(message.hashes.map(({ part }) => part));
  const doneBits = bitsByStripe(message.done);
  const releaseBits = bitsByStripe(message.release);
  const claimBits = await withAny(ports, message, geometry, stored);
  const hedgeBits = bitsByStripe(message.hedge);
  const touched = new Set(
    [publishBits, doneBits, releaseBits, claimBits, hedgeBits, bitsByStripe(message.renew)].flatMap(
      (bits) => [...bits.keys()],
    ),
  );
  return Promise.all(
    [...touched].map((s) =>
      applyToStripe(ports, upload, s, {
        kind: 'sync',
        device: member.device,
        publish: publishBits.get(s) ?? NO_BITS,
        done: doneBits.get(s) ?? NO_BITS,
        release: releaseBits.get(s) ?? NO_BITS,
        claim: claimBits.get(s) ?? NO_BITS,
        hedge: hedgeBits.get(s) ?? NO_BITS,
        leaseMs: clampLeaseMs(message.leaseMs),
      }),
    ),
  );
}

/** Stripes looked at for a client that keeps no board: constant work (I6), it asks again if it was unlucky. */
const MAX_LOOKED_AT = 3;

/** The tickets that were asked for by number, and, for a client that keeps no board, some free ones. */
async function withAny(
  ports: Ports,
  { upload, want, any = 0 }: Sync,
  geometry: Geometry,
  stored: StoredState,
): Promise<Map<number, Bits>> {
  const claim = bitsByStripe(want);
  if (any === 0) return claim;
  const unfilled = Array.from({ length: geometry.stripes }, (_, s) => s).filter(
    (s) => !stored.fullStripes.has(s),
  );
  const first = Math.floor(ports.random() * unfilled.length);
  let left = any;
  for (let i = 0; i < Math.min(MAX_LOOKED_AT, unfilled.length) && left > 0; i++) {
    const s = unfilled[(first + i) % unfilled.length] ?? 0;
    const free = firstBits(freeBits(await ports.stripes.load(upload, s), ports.clock.nowMs()), left);
    left -= countBits(free);
    claim.set(s, (claim.get(s) ?? NO_BITS) | free);
  }
  return claim;
}

async function sign(
  { ports, host }: MessageContext,
  meta: UploadMeta,
  applied: readonly Applied[],
): Promise<Granted['put']> {
  const geometry = geometryOf(meta.sizeBytes);
  const granted = applied.filter(({ granted }) => granted !== NO_BITS);
  if (granted.length === 0) return undefined;
  const parts = [];
  for (const { stripe, granted: bits } of granted) {
    const hashes = await ports.manifests.load(meta.upload, stripe.s);
    for (const part of partsOf(stripe.s, bits)) {
      const sha256 = hashes.get(part);
      if (!sha256) throw new Error(`upload ${meta.upload}: part ${part} is known but has no hash`);
      parts.push({ part, sha256, sizeBytes: partLength(geometry, part) });
    }
  }
  const kept = parts.slice(0, MAX_GRANTED);
  const signed = await ports.bucket.signParts(meta, kept, host);
  return {
    template: signed.template,
    expiresAtMs: signed.expiresAtMs,
    tickets: kept.map(({ part, sha256 }) => ({ part, sha256, signature: signed.signatures.get(part) ?? '' })),
  };
}

async function tellOthers(
  { ports, connection }: MessageContext,
  { upload, rateBps }: Sync,
  { device }: Member,
  applied: readonly Applied[],
): Promise<void> {
  const changed = applied.filter((one) => one.changed).map((one) => stripeToWire(one.stripe));
  if (changed.length === 0) return;
  await broadcast(
    ports,
    upload,
    { type: 'stripes', upload, stripes: changed, by: { device, rateBps } },
    connection,
  );
}

async function reportFull(
  ports: Ports,
  meta: UploadMeta,
  applied: readonly Applied[],
  stored: StoredState,
): Promise<void> {
  const geometry = geometryOf(meta.sizeBytes);
  const isNew = ({ s }: Stripe) => !stored.fullStripes.has(s);
  const full = applied
    .map(({ stripe }) => stripe)
    .filter((stripe) => isFull(stripe, allBits(geometry, stripe.s)));
  const fresh = full.filter(isNew).map(({ s }) => s);
  const fullStripes =
    fresh.length > 0 ? await ports.uploads.markFull(meta.upload, fresh) : stored.fullStripes;
  await electIfDue(ports, meta, { state: stored.state, fullStripes });
}
