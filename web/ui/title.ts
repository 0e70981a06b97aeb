import { createEffect, createMemo } from 'solid-js';
import type { OpenUpload } from '../state/open-upload.ts';
import { words } from '../words/words.ts';

/** The tab's title and icon say how far the upload is, so that nobody has to come back to see it. */
export function createTitle(current: () => OpenUpload | undefined): void {
  const opened = createMemo(() => {
    const view = current()?.view();
    return view?.state === 'open' ? view : undefined;
  });
  createEffect(() => {
    const view = opened();
    document.title = view
      ? words.title(view.file.name, view.progress.share, view.phase.state)
      : words.product;
  });
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  const plain = icon?.href;
  // Drawn again only where the eye would see it.
  const step = createMemo(() => {
    const view = opened();
    if (!view || view.phase.state === 'aborted') return undefined;
    return view.phase.state === 'finished' ? 100 : Math.floor(view.progress.share * 50) * 2;
  });
  createEffect(() => {
    const percent = step();
    if (!icon || !plain) return;
    icon.href = percent === undefined ? plain : (drawIcon(percent) ?? plain);
    icon.type = icon.href === plain ? 'image/svg+xml' : 'image/png';
  });
}

const SIDE = 32;

/** A ring that closes, and a full disc with a tick at the end. */
function drawIcon(percent: number): string | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  const pen = canvas.getContext('2d');
  if (!pen) return undefined;
  const isDone = percent >= 100;
  pen.lineWidth = 6;
  pen.strokeStyle = 'rgb(128 138 150 / 45%)';
  pen.fillStyle = '#1f9d61';
  pen.beginPath();
  pen.arc(SIDE / 2, SIDE / 2, SIDE / 2 - 4, 0, 2 * Math.PI);
  if (isDone) pen.fill();
  else pen.stroke();
  pen.strokeStyle = isDone ? '#fff' : '#2f7de1';
  pen.lineWidth = isDone ? 4 : 6;
  pen.beginPath();
  if (isDone) {
    pen.moveTo(10, 17);
    pen.lineTo(15, 22);
    pen.lineTo(23, 11);
  } else {
    pen.arc(SIDE / 2, SIDE / 2, SIDE / 2 - 4, -Math.PI / 2, (percent / 50 - 0.5) * Math.PI);
  }
  pen.stroke();
  return canvas.toDataURL();
}
