import { createEffect } from 'solid-js';
import type { OpenUpload } from '../state/app.ts';
import { titleWords, words } from './words.ts';

/** The tab says how far the upload is, so that nobody has to come back to see it. */
export function createTitle(current: () => OpenUpload | undefined): void {
  createEffect(() => {
    const view = current()?.view();
    document.title =
      view?.state === 'open'
        ? titleWords(view.file.name, view.progress.share, view.phase.state)
        : words.product;
  });
}
