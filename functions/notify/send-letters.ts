import type { Ports, UploadMeta } from '../ports.ts';
import { letterOf } from './letter.ts';

/** Whoever asked for the letters of all uploads. */
const WATCHER = 'topic';

/**
 * To whoever asked for all letters, and to each owner who wants theirs: once each. One that cannot be sent keeps no other
 * from being sent, and is tried again with the next call.
 *
 * @returns what kept those from being sent that were not.
 */
export async function sendLetters(ports: Ports, meta: UploadMeta, finishedAtMs: number): Promise<unknown[]> {
  const { mailer, notices, people, clock } = ports;
  const { upload } = meta;
  const failures: unknown[] = [];
  const once = async (who: string, send: () => Promise<void>) => {
    if (await notices.isSent(upload, who)) return;
    try {
      await send();
      await notices.noteSent(upload, who);
    } catch (error) {
      failures.push(error);
    }
  };
  await once(WATCHER, () =>
    mailer.send({ upload, ...letterOf(meta, finishedAtMs, { language: 'en', asked: false }) }),
  );
  if (mailer.sendTo) {
    const link = mailer.linkTo?.(upload);
    for (const subject of await people.ownersOf(upload)) {
      const box = await people.letterbox(subject);
      if (!box || box.untilMs <= clock.nowMs()) continue;
      const letter = letterOf(meta, finishedAtMs, { language: box.language, link, asked: true });
      await once(subject, async () => mailer.sendTo?.(box.address, letter));
    }
  }
  return failures;
}
