import {
  allBits,
  type Bits,
  bitsByStripe,
  countBits,
  firstBits,
  NO_BITS,
  partsOf,
} from '../../protocol/board/bits.ts';
import { isFull, type SyncCommand } from '../../protocol/board/decide.ts';
import { type Geometry, geometryOf, isPartOf, partLength } from '../../protocol/board/geometry.ts';
import { clampLeaseMs } from '../../protocol/board/lease.ts';
import type { Sha256 } from '../../protocol/board/manifest.ts';
import { freeBits, type Stripe } from '../../protocol/board/stripe.ts';
import { MAX_GRANTED, MAX_STRIPES_PER_SYNC } from '../../protocol/limits.ts';
import { type Stripes, stripeToWire } from '../../protocol/messages/board.ts';
import { isPaused } from '../../protocol/messages/common.ts';
import type { Granted, Sync } from '../../protocol/messages/sync.ts';
import { type Applied, applyToStripe } from '../apply-to-stripe.ts';
import { broadcast } from '../broadcast.ts';
import { electIfDue } from '../finish/elect.ts';
import { hashesFor, rememberPublished } from '../known-hashes.ts';
import { DEVICES_TOLD_AT_ONCE, gatherNews, newsMsFor } from '../news.ts';
import type { Member, Ports, StoredState, UploadMeta } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { allowanceOf, charge, linkOf, within } from './allowance.ts';
import { type Answer, type MessageContext, memberOf, metaOf, requireRole } from './context.ts';
import { held } from './holds.ts';

/**
 * Report, publish, give back, claim and renew, in one message and normally one write. What does not depend on each other
 * goes side by side: the device waits for four round trips to the table, not for each read and write in turn.
 *
 *     who, state ─▶ read stripes, hashes; publish ─▶ compare-and-swap ─▶ sign; tell others; full?
 */
export async function sync(context: MessageContext, message: Sync): Promise<Answer> {
  const { ports } = context;
  const { upload } = message;
  const joined = memberOf(context, upload);
  const [member, meta, stored] = await Promise.all([
    joined,
    joined.then(() => metaOf(ports, upload)),
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
  if (stored.state.state === 'finished' || stored.state.state === 'aborted') {
    // Whoever comes back with the file asks whether it still is the one that was uploaded.
    if (stored.state.state === 'finished') await publish(ports, message);
    return answer(stored.state, []);
  }

  const open = isPaused(stored.state) ? { ...message, want: [], hedge: [], any: 0 } : message;
  // A limit has to be known before tickets are asked for; that a link was not taken back, only before they are given.
  const link = asks(open) ? linkOf(ports, member) : undefined;
  const allowance = member.isLimited ? allowanceOf(await link) : undefined;
  const asked = allowance ? limited(open, geometry, allowance.leftBytes) : open;
  const commands = await commandsOf(ports, asked, member, geometry, stored);
  const [stripes, hashes] = await Promise.all([
    loadEach([...commands.keys()], (s) => ports.stripes.load(upload, s)),
    loadHashes(ports, message, commands),
    publish(ports, message),
    link,
  ]);
  for (const { part, sha256 } of message.hashes) hashes.set(part, sha256);
  // An owner can hold up nothing but their own upload.
  const allowed =
    member.role === 'owner'
      ? commands
      : await held(ports, meta, member, context.rules.limits.ticketsPerDevice, commands, stripes);
  const decided = await Promise.all(
    [...allowed].map(([s, command]) => applyToStripe(ports, upload, s, command, stripes.get(s))),
  );
  const charged = allowance && (await charge(ports, member, allowance, geometry, decided));
  const applied = charged?.applied ?? decided;
  const [put] = await Promise.all([
    sign(context, meta, applied, hashes),
    tellOthers(context, message, member, applied, stored, geometry),
    reportFull(ports, meta, applied, stored),
  ]);
  const granted = answer(stored.state, applied);
  if (charged) granted.leftBytes = charged.leftBytes;
  if (put) granted.put = put;
  return granted;
}

/** Whether tickets are to change hands. */
function asks({ want, hedge, release, any = 0 }: Sync): boolean {
  return want.length + hedge.length + release.length + any > 0;
}

function limited(message: Sync, geometry: Geometry, leftBytes: number): Sync {
  const want = within(message.want, geometry, leftBytes);
  const wanted = want.reduce((bytes, part) => bytes + partLength(geometry, part), 0);
  const hedge = within(message.hedge, geometry, leftBytes - wanted);
  const any = Math.min(message.any ?? 0, Math.floor((leftBytes - wanted) / geometry.partBytes));
  return { ...message, want, hedge, any };
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
  const publishOne = async (s: number, bits: Bits) => {
    const parts = new Set(partsOf(s, bits));
    const those = hashes.filter(({ part }) => parts.has(part));
    const publication = await ports.manifests.publish(upload, s, those);
    if (publication.state === 'contradicts') {
      const { part } = publication;
      throw new Refusal('hash-contradicts', `Part ${part} has other bytes than when this upload began.`, {
        part,
        expected: 'the hash that was published first',
        value: 'another one',
      });
    }
    rememberPublished(ports, upload, s, those);
  };
  await Promise.all([...stripes].map(([s, bits]) => publishOne(s, bits)));
}

/** What the message asks of each stripe that it is about. */
async function commandsOf(
  ports: Ports,
  message: Sync,
  { device }: Member,
  geometry: Geometry,
  stored: StoredState,
): Promise<Map<number, SyncCommand>> {
  const publish = bitsByStripe(message.hashes.map(({ part }) => part));
  const done = bitsByStripe(message.done);
  const release = bitsByStripe(message.release);
  const claim = await withAny(ports, message, geometry, stored);
  const hedge = bitsByStripe(message.hedge);
  const renew = bitsByStripe(message.renew);
  const leaseMs = clampLeaseMs(message.leaseMs);
  const touched = new Set([publish, done, release, claim, hedge, renew].flatMap((bits) => [...bits.keys()]));
  return new Map(
    [...touched].map((s) => [
      s,
      {
        kind: 'sync',
        device,
        publish: publish.get(s) ?? NO_BITS,
        done: done.get(s) ?? NO_BITS,
        release: release.get(s) ?? NO_BITS,
        claim: claim.get(s) ?? NO_BITS,
        hedge: hedge.get(s) ?? NO_BITS,
        similar: message.similar ?? false,
        leaseMs,
      },
    ]),
  );
}

async function loadEach<Value>(
  stripes: readonly number[],
  load: (s: number) => Promise<Value>,
): Promise<Map<number, Value>> {
  return new Map(await Promise.all(stripes.map(async (s) => [s, await load(s)] as const)));
}

/** Of the stripes where tickets are asked for whose hashes are not in the message itself: they go into the addresses. */
async function loadHashes(
  ports: Ports,
  { upload, hashes }: Sync,
  commands: ReadonlyMap<number, SyncCommand>,
): Promise<Map<number, Sha256>> {
  const said = bitsByStripe(hashes.map(({ part }) => part));
  const loaded = await Promise.all(
    [...commands].map(([s, { claim, hedge }]) => {
      const asked = (claim | hedge) & ~(said.get(s) ?? NO_BITS);
      return asked === NO_BITS ? [] : hashesFor(ports, upload, s, asked);
    }),
  );
  return new Map(loaded.flatMap((known) => [...known]));
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
  hashes: ReadonlyMap<number, Sha256>,
): Promise<Granted['put']> {
  const geometry = geometryOf(meta.sizeBytes);
  const parts = [];
  for (const { stripe, granted } of applied) {
    const tickets = partsOf(stripe.s, granted);
    // The owner may have published between our reading the hashes and the stripe.
    const isRead = tickets.every((part) => hashes.has(part));
    const known = isRead ? hashes : await hashesFor(ports, meta.upload, stripe.s, granted);
    for (const part of tickets) {
      const sha256 = known.get(part);
      if (!sha256) throw new Error(`upload ${meta.upload}: part ${part} is known but has no hash`);
      parts.push({ part, sha256, sizeBytes: partLength(geometry, part) });
    }
  }
  if (parts.length === 0) return undefined;
  const kept = parts.slice(0, MAX_GRANTED);
  const signed = await ports.bucket.signParts(meta, kept, host);
  return {
    template: signed.template,
    expiresAtMs: signed.expiresAtMs,
    tickets: kept.map(({ part, sha256 }) => ({ part, sha256, signature: signed.signatures.get(part) ?? '' })),
  };
}

async function tellOthers(
  context: MessageContext,
  { upload, rateBps, backlogBytes, hurry = false, again = false }: Sync,
  { device }: Member,
  applied: readonly Applied[],
  { devices }: StoredState,
  { partBytes }: Geometry,
): Promise<void> {
  const { ports, connection } = context;
  // [R4]
  const changed = applied.filter((one) => one.changed || again).map((one) => stripeToWire(one.stripe));
  if (changed.length === 0) return;
  const granted = applied.reduce((sum, one) => sum + countBits(one.granted), 0);
  // With what it has just been granted: the others plan with what it holds now.
  const heldBytes = backlogBytes === undefined ? undefined : backlogBytes + granted * partBytes;
  if (devices > DEVICES_TOLD_AT_ONCE) {
    const stripes = changed.map(({ s }) => s);
    const change = { stripes, device, rateBps, backlogBytes: heldBytes };
    const tell = await gatherNews(ports, upload, change, newsMsFor(devices, hurry));
    if (tell) context.afterwards = tell;
    return;
  }
  const by: Stripes['by'] = { device, rateBps };
  if (heldBytes !== undefined) by.backlogBytes = heldBytes;
  await broadcast(ports, upload, { type: 'stripes', upload, stripes: changed, by }, connection);
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
  await electIfDue(ports, meta, { ...stored, fullStripes });
}
