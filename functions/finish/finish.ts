import { bitsByStripe } from '../../protocol/board/bits.ts';
import { geometryOf } from '../../protocol/board/geometry.ts';
import { type ListedPart, missingParts } from '../../protocol/board/manifest.ts';
import type { Stripe } from '../../protocol/board/stripe.ts';
import type { UploadState } from '../../protocol/messages/common.ts';
import { applyToStripe } from '../apply-to-stripe.ts';
import { broadcast } from '../broadcast.ts';
import { tellStripes } from '../free-leases.ts';
import { tellPeople } from '../my-uploads.ts';
import type { Ports, UploadMeta } from '../ports.ts';
import { liarsOf, sendAway } from './liars.ts';

/** How long a finisher that died holds up the next one. A living one renews. */
export const FINISH_LEASE_MS = 20_000;
const RENEW_EVERY_MS = 5_000;
/** A hedged duplicate may land between listing and completing; then S3 says InvalidPart and we list again. */
const MAX_LISTINGS = 3;

/**
 * Assembles the object, if S3 has every part as the manifest says (I1); puts missing parts back on the board if not.
 * Exactly one finisher works at a time, and whoever comes after one that died goes on from what S3 says (I7).
 */
export async function finish(ports: Ports, upload: string): Promise<void> {
  const meta = await ports.uploads.meta(upload);
  if (!meta) throw new Error(`upload ${upload} has no META`);
  const token = ports.newToken();
  try {
    const nowMs = ports.clock.nowMs();
    const untilMs = nowMs + FINISH_LEASE_MS;
    if (!(await ports.uploads.beginFinish(upload, token, untilMs, nowMs))) return;
    await tell(ports, upload, { state: 'finishing', untilMs });
    const renewal = keepRenewing(ports, upload, token);
    await assemble(ports, meta, token).finally(renewal.stop);
  } catch (error) {
    // Our lease is over at once, and whoever looks next elects another. Not `open`: the set of full stripes may lack
    // some by now, and then nobody would.
    await ports.uploads.renewFinish(upload, token, ports.clock.nowMs());
    throw error;
  }
}

async function assemble(ports: Ports, meta: UploadMeta, token: string): Promise<void> {
  const geometry = geometryOf(meta.sizeBytes);
  const manifest = await ports.manifests.loadAll(meta.upload);
  for (let listing = 1; ; listing++) {
    const listed = await ports.bucket.listParts(meta);
    if (listed.state === 'no-such-upload') return adopt(ports, meta, token);
    const missing = missingParts(geometry, manifest, listed.parts);
    if (missing.length > 0) return reopen(ports, meta, token, missing);
    const completion = await ports.bucket.complete(meta, inOrder(listed.parts, geometry.parts));
    if (completion.state === 'completed') return end(ports, meta, token, completion.sha256);
    if (completion.state === 'no-such-upload') return adopt(ports, meta, token);
    if (listing >= MAX_LISTINGS)
      throw new Error(`upload ${meta.upload}: parts kept changing while completing`);
  }
}

function inOrder(parts: readonly ListedPart[], count: number): ListedPart[] {
  return parts.filter(({ part }) => part <= count).sort((a, b) => a.part - b.part);
}

/** S3 no longer knows the multipart upload: somebody completed it before us, or it was aborted. */
async function adopt(ports: Ports, meta: UploadMeta, token: string): Promise<void> {
  const object = await ports.bucket.head(meta.key);
  if (object && object.sizeBytes === meta.sizeBytes) return end(ports, meta, token, object.sha256);
  ports.log({
    kind: 'lost',
    upload: meta.upload,
    reason: 'S3 has neither the multipart upload nor the object',
  });
  const aborted: UploadState = { state: 'aborted', abortedAtMs: ports.clock.nowMs() };
  if (await ports.uploads.endFinish(meta.upload, token, aborted)) await tell(ports, meta.upload, aborted);
}

async function end(ports: Ports, meta: UploadMeta, token: string, sha256: string): Promise<void> {
  const finished: UploadState = { state: 'finished', finishedAtMs: ports.clock.nowMs(), sha256 };
  if (!(await ports.uploads.endFinish(meta.upload, token, finished))) return;
  ports.log({ kind: 'finished', upload: meta.upload, sizeBytes: meta.sizeBytes });
  await tell(ports, meta.upload, finished);
}

/**
 * [D6] Parts that were reported but are not in S3 are free again. Were we to die anywhere before the upload is open,
 * the next finisher would find them missing once more and do the same. So the devices hear of the tickets before that:
 * afterwards nobody would tell them. And the stripes leave the set of full ones before their tickets are free, for
 * whoever carries them puts them back.
 */
async function reopen(
  ports: Ports,
  meta: UploadMeta,
  token: string,
  missing: readonly number[],
): Promise<void> {
  const { upload } = meta;
  // If we slept through our lease, another one is at it, and what S3 told us may be long past.
  if (!(await ports.uploads.renewFinish(upload, token, ports.clock.nowMs() + FINISH_LEASE_MS))) return;
  const byStripe = bitsByStripe(missing);
  ports.log({ kind: 'reopened', upload, parts: missing.length });
  await ports.uploads.unmarkFull(upload, [...byStripe.keys()]);
  // Before the tickets are free: with them goes what says who reported them.
  await sendAway(ports, upload, await liarsOf(ports, upload, byStripe));
  const stripes: Stripe[] = [];
  for (const [s, parts] of byStripe) {
    stripes.push((await applyToStripe(ports, upload, s, { kind: 'reopen', parts })).stripe);
  }
  await tellStripes(ports, upload, stripes);
  if (await ports.uploads.endFinish(upload, token, { state: 'open' }))
    await tell(ports, upload, { state: 'open' });
}

async function tell(ports: Ports, upload: string, state: UploadState): Promise<void> {
  await broadcast(ports, upload, { type: 'state', upload, state });
  // Its owners' other devices, too, which have not opened the board.
  if (state.state === 'finished' || state.state === 'aborted') await tellPeople(ports, upload);
}

function keepRenewing(ports: Ports, upload: string, token: string): { stop(): void } {
  let isOver = false;
  const renew = async () => {
    for (;;) {
      await ports.clock.sleep(RENEW_EVERY_MS);
      if (isOver) return;
      await ports.uploads.renewFinish(upload, token, ports.clock.nowMs() + FINISH_LEASE_MS);
    }
  };
  renew().catch((error: unknown) => {
    ports.log({ kind: 'renew-failed', upload, error: error instanceof Error ? error.name : 'unknown' });
  });
  return {
    stop() {
      isOver = true;
    },
  };
}
