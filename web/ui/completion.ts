import { createEffect } from 'solid-js';
import type { App } from '../state/app.ts';
import type { OpenUpload } from '../state/open-upload.ts';
import { words } from '../words/words.ts';
import { say } from './notices.tsx';
import { notify } from './notify.ts';

/**
 * Says once for each upload that it is complete. A board that was complete before this page opened it is no news: its
 * status line says so.
 */
export function createCompletionNotice(app: App): void {
  /** When this page opened it, by its own clock. A small file may be complete before the first view of its board. */
  const openedAtMs = new WeakMap<OpenUpload, number>();
  const settled = new WeakSet<OpenUpload>();

  const look = (open: OpenUpload) => {
    if (settled.has(open)) return;
    if (!openedAtMs.has(open)) openedAtMs.set(open, performance.now());
    const view = open.view();
    if (view.state !== 'open') return;
    const { phase, file, upload } = view;
    if (phase.state === 'aborted') settled.add(open);
    if (phase.state !== 'finished') return;
    settled.add(open);
    const sinceMs = performance.now() - (openedAtMs.get(open) ?? 0);
    if (phase.finishedAtMs < app.serverNowMs() - sinceMs) return;
    const text = words.complete(file.name);
    say(text);
    void notify(text, upload);
  };

  createEffect(() => {
    for (const one of app.inHand()) if (one.state === 'open') look(one.open);
    const current = app.current();
    if (current) look(current);
  });
}
