import { createEffect, type JSX } from 'solid-js';
import type { OpenUpload } from '../state/open-upload.ts';
import { resultWords } from '../words/result.ts';
import { numbers, words } from '../words/words.ts';
import { drawCarried, PICTURE } from './carried-drawing.ts';
import type { OpenView } from './status.ts';

/** Who carried what, as a small picture to keep. */
export function CarriedPicture(props: {
  open: OpenUpload;
  view: OpenView;
  tookMs: number | undefined;
}): JSX.Element {
  let canvas: HTMLCanvasElement | undefined;
  createEffect(() => {
    const context = canvas?.getContext('2d');
    const tickets = props.open.tickets();
    if (!context || !tickets) return;
    const { file, devices } = props.view;
    drawCarried(context, {
      title: file.name,
      subtitle: [
        numbers.bytes(file.sizeBytes),
        props.tookMs === undefined ? '' : resultWords().took(numbers.elapsed(props.tookMs)),
      ]
        .filter(Boolean)
        .join(' '),
      brand: words.product,
      tickets: tickets.all(),
      carriers: devices
        .filter(({ doneParts }) => doneParts > 0)
        .map(({ number, name, doneParts }) => ({
          device: number,
          text: `${name}: ${words.partsCount(doneParts)}`,
        })),
    });
  });
  const save = () =>
    canvas?.toBlob((blob) => {
      if (!blob) return;
      const anchor = document.createElement('a');
      anchor.href = URL.createObjectURL(blob);
      anchor.download = resultWords().pictureName(props.view.file.name);
      anchor.click();
      // The download has its own hold on the bytes once it has begun.
      setTimeout(() => URL.revokeObjectURL(anchor.href), 60_000);
    });
  return (
    <div class="picture">
      <canvas
        ref={canvas}
        width={PICTURE.width}
        height={PICTURE.height}
        role="img"
        aria-label={resultWords().carried}
        data-testid="carried"
      />
      <button type="button" class="button" onClick={save}>
        {resultWords().savePicture}
      </button>
    </div>
  );
}
