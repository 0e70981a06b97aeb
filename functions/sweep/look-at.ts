import { geometryOf } from '../../protocol/board/geometry.ts';
import type { UploadState } from '../../protocol/messages/common.ts';
import { broadcast } from '../broadcast.ts';
import { heal } from '../finish/heal.ts';
import { tellPeople } from '../my-uploads.ts';
import { notify } from '../notify/notify.ts';
import type { LiveUpload, Ports, StoredState, UploadMeta } from '../ports.ts';
import { ttlOf } from '../table/keys.ts';

/** How long the making of an upload may take; whoever made one and has not come to the end of it by then has died. */
export const MAKING_MS = 3_600_000;
/** The bucket's own event tells the user long before that. */
export const NOTICE_DUE_MS = 900_000;
/** An upload that is whole, and that no finisher could assemble for so long after it expired, is given up. */
export const FINISHING_GRACE_MS = 86_400_000;
/** At most so many stripes are read for an upload that may have been filled by somebody who died before saying so. */
const MAX_UNMARKED = 4;

/** What became of an upload that was looked at. */
export type Look = 'alive' | 'elected' | 'ended' | 'settled';

/**
 *     being made ──its maker died──▶ ended in S3, settled
 *     open ──expired──▶ aborted, ended in S3, told ──▶ settled
 *     whole, and no finisher at it ──▶ one is elected
 *     finished ──the user was not told──▶ told ──▶ settled
 */
export async function lookAt(ports: Ports, live: LiveUpload): Promise<Look> {
  const { upload, expiresAtMs } = live;
  const [meta, stored] = await Promise.all([ports.uploads.meta(upload), ports.uploads.state(upload)]);
  const nowMs = ports.clock.nowMs();
  if (!meta || !stored) {
    if (live.createdAtMs + MAKING_MS > nowMs) return 'alive';
    await ports.bucket.abort(live.key, live.s3UploadId);
    await settle(ports, live);
    return 'ended';
  }
  const { state } = stored;
  if (state.state === 'finished') return close(ports, live, state);
  if (state.state === 'aborted') {
    // Whoever ended it may have died before S3 or the devices knew.
    await end(ports, meta, state);
    await settle(ports, live);
    return 'settled';
  }
  if (isGivenUp(meta, stored, expiresAtMs, nowMs)) {
    if (!(await ports.uploads.abort(upload, nowMs))) return 'alive';
    await end(ports, meta, { state: 'aborted', abortedAtMs: nowMs });
    await settle(ports, live);
    return 'ended';
  }
  return resume(ports, meta, stored);
}

/** A finisher may be at it, or be due: what is whole is finished even when its time is over. */
function isGivenUp(
  meta: UploadMeta,
  { state, fullStripes }: StoredState,
  expiresAtMs: number,
  nowMs: number,
) {
  const isWhole = state.state === 'finishing' || fullStripes.size >= geometryOf(meta.sizeBytes).stripes;
  return nowMs >= expiresAtMs + (isWhole ? FINISHING_GRACE_MS : 0);
}

async function resume(ports: Ports, meta: UploadMeta, { state, fullStripes }: StoredState): Promise<Look> {
  let elected = 0;
  const counting: Ports = {
    ...ports,
    finisher: {
      async start(upload) {
        elected++;
        await ports.finisher.start(upload);
      },
    },
  };
  const { stripes } = geometryOf(meta.sizeBytes);
  const unmarked = stripes - fullStripes.size;
  const isNear = state.state === 'open' && unmarked > 0 && unmarked <= MAX_UNMARKED;
  const missing = isNear
    ? Array.from({ length: stripes }, (_, s) => s).filter((s) => !fullStripes.has(s))
    : [];
  const read = await Promise.all(missing.map((s) => ports.stripes.load(meta.upload, s)));
  await heal(counting, meta, read, fullStripes);
  return elected > 0 ? 'elected' : 'alive';
}

async function close(
  ports: Ports,
  live: LiveUpload,
  { finishedAtMs }: Extract<UploadState, { state: 'finished' }>,
): Promise<Look> {
  if (!(await ports.notices.isTold(live.upload))) {
    if (finishedAtMs + NOTICE_DUE_MS > ports.clock.nowMs()) return 'alive';
    await notify(ports, live.upload);
  }
  await settle(ports, live);
  return 'settled';
}

async function end(ports: Ports, { upload, key, s3UploadId }: UploadMeta, state: UploadState): Promise<void> {
  await ports.bucket.abort(key, s3UploadId);
  await broadcast(ports, upload, { type: 'state', upload, state });
  await tellPeople(ports, upload);
}

function settle(ports: Ports, { upload, expiresAtMs }: LiveUpload): Promise<void> {
  // As long as the links, which go by the table's own TTL.
  return ports.register.settle(upload, ttlOf(expiresAtMs) * 1_000);
}
