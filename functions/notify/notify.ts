import { broadcast } from '../broadcast.ts';
import { electIfDue } from '../finish/elect.ts';
import type { Ports, UploadMeta } from '../ports.ts';
import { sendLetters } from './send-letters.ts';

/** How long somebody who tells may take; who died is followed by another. */
export const TELLING_MS = 60_000;
/** The object is there a moment before the table says so: the finisher writes that next. */
const WAITS_MS = [100, 400, 1_500, 4_000];

/** Not yet: whoever called has to call again, in a minute or so. */
export class NotYet extends Error {
  constructor(upload: string, why: string) {
    super(`upload ${upload}: ${why}`);
    this.name = 'NotYet';
  }
}

/**
 * The bucket says that an object is complete, at least once and in any order. Tells every device that is connected,
 * and by letter the user who is not looking: once, however often this is called and whoever dies on the way.
 *
 * @throws NotYet where the finisher has not come to its end; another one is asked to if that one's time has run out.
 */
export async function notify(ports: Ports, upload: string): Promise<void> {
  const meta = await ports.uploads.meta(upload);
  // Forgotten in the meantime, or never one of ours.
  if (!meta) return ports.log({ kind: 'notice-without-upload', upload });
  const state = await settledState(ports, meta);
  if (state.state !== 'finished') return ports.log({ kind: 'notice-not-due', upload, state: state.state });

  const { notices, clock } = ports;
  const token = ports.newToken();
  const begun = await notices.begin(upload, token, clock.nowMs() + TELLING_MS, clock.nowMs());
  if (begun === 'told') return;
  if (begun === 'under-way') throw new NotYet(upload, 'somebody else is telling, or died while telling');
  try {
    await broadcast(ports, upload, { type: 'state', upload, state });
    await sendLetters(ports, meta, state.finishedAtMs);
  } catch (error) {
    // Our time is over at once: whoever is called next need not wait for it.
    await notices.begin(upload, token, clock.nowMs(), clock.nowMs());
    throw error;
  }
  await notices.end(upload, token, clock.nowMs());
  ports.log({
    kind: 'noticed',
    upload,
    sizeBytes: meta.sizeBytes,
    tookMs: state.finishedAtMs - meta.createdAtMs,
  });
}

async function settledState(ports: Ports, meta: UploadMeta) {
  for (const waitMs of WAITS_MS) {
    const stored = await ports.uploads.state(meta.upload);
    const state = stored?.state;
    if (state?.state === 'finished' || state?.state === 'aborted') return state;
    await ports.clock.sleep(waitMs);
  }
  await electIfDue(ports, meta);
  throw new NotYet(meta.upload, 'the object is there, and no finisher has said so');
}
