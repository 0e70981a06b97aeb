import { createEffect, createSignal, type JSX, on, onCleanup, onMount, Show, Suspense } from 'solid-js';
import { browserClock } from '../browser/clock.ts';
import type { OpenUpload } from '../state/open-upload.ts';
import { language, words } from '../words/words.ts';
import { type GridCanvas, makeGridCanvas } from './grid-canvas.ts';
import { GridLegend } from './grid-legend.tsx';
import { makePointing } from './grid-pointing.ts';
import { later } from './later.ts';
import { partFacts } from './part-words.ts';

/** Chunks of their own: most people never open them. */
const PartsTable = later(
  () => import('./parts-table.tsx'),
  ({ PartsTable }) => PartsTable,
);

/** All tickets of the upload, each in the colour and pattern of the device that has it. */
export function Grid(props: {
  open: OpenUpload;
  /** The device whose parts alone are to be seen. */
  lit: number | undefined;
  nameOf: (device: number) => string;
}): JSX.Element {
  let canvas: HTMLCanvasElement | undefined;
  const [grid, setGrid] = createSignal<GridCanvas>();
  const [pointed, setPointed] = createSignal<number>();
  const [layouts, setLayouts] = createSignal(0);
  const pointing = makePointing();
  const [isTable, setTable] = createSignal(false);

  onMount(() => {
    // The first tickets may be a moment later than the board.
    const begin = () => {
      const tickets = props.open.tickets();
      if (!canvas || !tickets || grid()) return;
      const made = makeGridCanvas({
        canvas,
        tickets,
        nowMs: browserClock.nowMs,
        onTickets: props.open.onTickets,
        onLayout: () => setLayouts((count) => count + 1),
      });
      setGrid(made);
    };
    begin();
    onCleanup(props.open.onTickets(begin));
    onCleanup(() => grid()?.stop());
  });
  createEffect(() => grid()?.light(props.lit));
  createEffect(on(language, () => grid()?.retell(), { defer: true }));

  const point = (event: PointerEvent) => {
    const part = grid()?.at(event.offsetX, event.offsetY);
    setPointed(pointing[event.type === 'pointerdown' ? 'press' : 'move'](part, event.pointerType));
  };
  const place = () => {
    const part = pointed();
    layouts();
    return part === undefined ? undefined : grid()?.placeOf(part);
  };
  const facts = () => {
    const part = pointed();
    const board = props.open.upload.board();
    // Asked anew whenever the upload changes: the part may have been taken or finished under the pointer.
    props.open.view();
    const tickets = props.open.tickets();
    const ticket = part === undefined ? undefined : tickets?.of(part);
    if (part === undefined || !board || !ticket) return undefined;
    return partFacts(board.replica.geometry, part, ticket, tickets?.tookMs(part), props.nameOf);
  };

  return (
    <section class="card grid">
      <div class="card-head">
        <h2>{words.parts}</h2>
        <button type="button" class="button quiet" onClick={() => setTable(true)}>
          {words.partsTable}
        </button>
      </div>
      <div class="grid-field">
        <canvas
          ref={canvas}
          role="img"
          aria-label={words.parts}
          data-testid="grid"
          onPointerMove={point}
          onPointerDown={point}
          onPointerLeave={(event) => setPointed(pointing.leave(event.pointerType))}
        />
        <Show when={place()}>
          {(cell) => (
            <div
              class="grid-pointer"
              style={{
                transform: `translate(${cell().x}px, ${cell().y}px)`,
                width: `${cell().width}px`,
                height: `${cell().height}px`,
              }}
            />
          )}
        </Show>
      </div>
      <p class="grid-line small" data-testid="part">
        <Show when={facts()} fallback={<GridLegend />}>
          {(one) => (
            <>
              <strong>{one().title}</strong> {one().bytes}, {one().state}
            </>
          )}
        </Show>
      </p>
      <Show when={isTable()}>
        <Suspense>
          <PartsTable open={props.open} nameOf={props.nameOf} close={() => setTable(false)} />
        </Suspense>
      </Show>
    </section>
  );
}
