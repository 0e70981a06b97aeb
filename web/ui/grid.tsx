import { createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js';
import type { OpenUpload } from '../state/app.ts';
import { type GridCanvas, makeGridCanvas } from './grid-canvas.ts';
import { partWords, words } from './words.ts';

/** All tickets of the upload, each in the colour of the device that has it. */
export function Grid(props: { open: OpenUpload; serverNowMs: () => number }): JSX.Element {
  let canvas: HTMLCanvasElement | undefined;
  let grid: GridCanvas | undefined;
  const [pointed, setPointed] = createSignal<ReturnType<GridCanvas['at']>>();

  onMount(() => {
    const board = props.open.upload.board();
    if (!canvas || !board) return;
    grid = makeGridCanvas({
      canvas,
      board,
      serverNowMs: props.serverNowMs,
      onStripes: props.open.upload.onStripes,
    });
    onCleanup(grid.stop);
  });

  const point = (event: PointerEvent) => setPointed(grid?.at(event.offsetX, event.offsetY));
  const leave = (event: PointerEvent) => {
    // A finger that was lifted still means the part it touched.
    if (event.pointerType === 'mouse') setPointed(undefined);
  };
  const line = () => {
    const part = pointed()?.part;
    const board = props.open.upload.board();
    // Asked anew whenever the upload changes: the part may have been taken or finished under the pointer.
    props.open.view();
    const ticket = part === undefined ? undefined : grid?.ticket(part);
    if (part === undefined || !board || !ticket) return '';
    const nameOf = (device: number) => board.members.get(device)?.name ?? words.others;
    return partWords(board.replica.geometry, part, ticket, nameOf);
  };

  return (
    <section class="grid">
      <h2>{words.parts}</h2>
      <div class="grid-field">
        <canvas
          ref={canvas}
          role="img"
          data-testid="grid"
          onPointerMove={point}
          onPointerDown={point}
          onPointerLeave={leave}
        />
        <Show when={pointed()}>
          {(cell) => (
            <div
              class="grid-pointer"
              style={{
                transform: `translate(${cell().left}px, ${cell().top}px)`,
                width: `${cell().width}px`,
                height: `${cell().height}px`,
              }}
            />
          )}
        </Show>
      </div>
      <p class="grid-line small" data-testid="part">
        <Show when={line()} fallback={<Legend />}>
          {(text) => text()}
        </Show>
      </p>
    </section>
  );
}

function Legend(): JSX.Element {
  return (
    <span class="legend" aria-hidden="true">
      <span class="legend-done">{words.legend.done}</span>
      <span class="legend-leased">{words.legend.leased}</span>
      <span class="legend-free">{words.legend.free}</span>
      <span class="legend-unknown">{words.legend.unknown}</span>
    </span>
  );
}
