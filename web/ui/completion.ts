import { createEffect } from 'solid-js';
import type { App } from '../state/app.ts';
import { completeWords } from './words.ts';

/**
 * Says once for each upload that it is complete. A board that was complete before this page opened it is no news: its
 * status line says so.
 */
export function createCompletionNotice(app: App, say: (text: string) => void): void {
  /** By upload: the server's time when this page first saw its board; undefined once it is said or old. */
  const firstSeenMs = new Map<string, number>();
  const settled = new Set<string>();
  let openingSinceMs = performance.now();
  let opening: unknown;

  createEffect(() => {
    const open = app.current();
    if (open !== opening) {
      opening = open;
      openingSinceMs = performance.now();
    }
    const view = open?.view();
    if (view?.state !== 'open' || settled.has(view.upload)) return;
    const { upload, phase, file } = view;
    if (phase.state === 'aborted') settled.add(upload);
    const isFirst = !firstSeenMs.has(upload);
    // A small file may be complete before the first frame shows its board: what counts is when it was opened.
    if (isFirst) firstSeenMs.set(upload, app.serverNowMs() - (performance.now() - openingSinceMs));
    if (phase.state !== 'finished') return;
    settled.add(upload);
    if (!isFirst || phase.finishedAtMs >= (firstSeenMs.get(upload) ?? 0)) say(completeWords(file.name));
  });
}
