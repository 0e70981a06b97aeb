import { broadcast } from '../broadcast.ts';
import { electIfDue } from '../finish/elect.ts';
import type { Ports, UploadMeta } from '../ports.ts';
import { sendLetters } from './send-letters.ts';

/** How long somebody who tells may take; who died is followed by another. */
export const TELLING_MS = 60_000;
/** How long after an upload was complete letters are tried again that are refused; the sweep is who tries. */
export const LETTERS_FOR_MS = 3_600_000;
/** Whoever is connected, among those of whom it is noted that they have been told. */
const DEVICES = 'devices';
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
 * and by letter the user who is not looking: once, however often this is called and whoever dies on the way. A letter
 * that is still refused an hour later is given up, and the user counts as told.
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
    if (!(await notices.isSent(upload, DEVICES))) {
      await broadcast(ports, upload, { type: 'state', upload, state });
      await notices.noteSent(upload, DEVICES);
    }
    const failures = await sendLetters(ports, meta, state.finishedAtMs);
    if (failures.length > 0 && clock.nowMs() < state.finishedAtMs + LETTERS_FOR_MS) throw failures[0];
    for (const failure of failures) {
      const error = failure instanceof Error ? failure.name : 'unknown';
      ports.log({ kind: 'letter-given-up', upload, error });
    }
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
