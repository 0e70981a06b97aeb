import { OTHERS } from '../../protocol/board/stripe.ts';
import type { Tickets } from '../state/tickets.ts';
import { words } from '../words/words.ts';
import { factsOf } from './grid-facts.ts';
import { type Cell, cellOf, type GridLayout, layoutGrid, partAt } from './grid-layout.ts';
import { breathAt, glowAt } from './grid-motion.ts';
import { type GridPainter, makeGridPainter } from './grid-painter.ts';
import { gridTheme } from './palette.ts';

/** A breath is slow: more pictures of it than this a second cost what the upload could use, and show nothing. */
const PAINT_EVERY_MS = 60;
/** Where so many tickets shine at once, nobody follows one of them, and the upload has better use for the time. */
const MANY = 8;
const PAINT_MANY_EVERY_MS = 250;
/** What the grid tells scripts and screen readers. */
const TELL_EVERY_MS = 100;

export interface GridCanvasOptions {
  canvas: HTMLCanvasElement;
  tickets: Tickets;
  nowMs: () => number;
  /** Tells of parts that changed. */
  onTickets(listener: (parts: readonly number[]) => void): () => void;
  /** The parts have other places now. */
  onLayout(): void;
}

export interface GridCanvas {
  /** The part under a point of the canvas, in CSS pixels. */
  at(x: number, y: number): number | undefined;
  /** Where a part is on the canvas, in CSS pixels; until the next `onLayout`. */
  placeOf(part: number): Cell | undefined;
  /** Shows the parts of one device and shades the others; undefined: all alike. */
  light(device: number | undefined): void;
  /** What it says is in another language now. */
  retell(): void;
  stop(): void;
}

/**
 * Keeps a canvas showing the board: draws the tickets that changed or move, and everything only when the size, the
 * theme or the light does. What it shows also stands in `data-…` attributes and in the accessible name.
 */
export function makeGridCanvas(options: GridCanvasOptions): GridCanvas {
  const { canvas, tickets, nowMs, onTickets } = options;
  const { parts } = tickets;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const stale = new Set<number>();
  const leased = new Set<number>();
  const settling = new Set<number>();
  let lit: number | undefined;
  let layout: GridLayout | undefined;
  let painter: GridPainter | undefined;
  let frame: number | undefined;
  let paintLater: ReturnType<typeof setTimeout> | undefined;
  let paintedMs = Number.NEGATIVE_INFINITY;
  let isUntold = true;
  let toldMs = Number.NEGATIVE_INFINITY;
  let tellLater: ReturnType<typeof setTimeout> | undefined;

  const staleAll = () => {
    for (let part = 1; part <= parts; part++) stale.add(part);
  };

  /** In the next frame, or when it is time for another picture. A frame that is asked for is made, whatever is in it. */
  const soon = () => {
    if (frame !== undefined || paintLater !== undefined) return;
    const everyMs = settling.size > MANY ? PAINT_MANY_EVERY_MS : PAINT_EVERY_MS;
    const waitMs = paintedMs + everyMs - performance.now();
    if (waitMs > 0) {
      paintLater = setTimeout(() => {
        paintLater = undefined;
        frame = requestAnimationFrame(paint);
      }, waitMs);
    } else frame = requestAnimationFrame(paint);
  };

  const layOut = () => {
    const context = canvas.getContext('2d');
    const widthPx = canvas.parentElement?.clientWidth ?? 0;
    if (!context || widthPx === 0) return;
    const ratio = devicePixelRatio;
    layout = layoutGrid(parts, widthPx);
    canvas.style.height = `${layout.heightPx}px`;
    canvas.width = Math.round(layout.widthPx * ratio);
    canvas.height = Math.round(layout.heightPx * ratio);
    painter = makeGridPainter(context, layout, gridTheme(dark.matches), ratio);
    staleAll();
    options.onLayout();
  };

  const paint = () => {
    frame = undefined;
    paintedMs = performance.now();
    if (!painter) layOut();
    const now = nowMs();
    if (!still.matches) for (const part of leased) stale.add(part);
    for (const part of settling) stale.add(part);
    for (const part of stale) draw(part, now);
    stale.clear();
    tell(now);
    if (!still.matches && leased.size + settling.size > 0) soon();
  };

  const draw = (part: number, now: number) => {
    const ticket = tickets.of(part);
    if (!ticket) return;
    const [device = OTHERS] =
      ticket.state === 'leased' ? ticket.devices : ticket.state === 'done' ? [ticket.device] : [];
    if (ticket.state === 'leased') leased.add(part);
    else leased.delete(part);
    const glow = still.matches || ticket.state !== 'done' ? 0 : glowAt(now, tickets.doneAtMs(part));
    if (glow > 0) settling.add(part);
    else settling.delete(part);
    const isOfLit = ticket.state === 'leased' ? ticket.devices.includes(lit ?? OTHERS) : device === lit;
    painter?.draw(part, ticket, {
      breath: still.matches ? 0.5 : breathAt(now, device),
      glow,
      isShaded: lit !== undefined && !isOfLit,
    });
  };

  const tell = (now: number) => {
    clearTimeout(tellLater);
    if (now - toldMs < TELL_EVERY_MS) {
      tellLater = setTimeout(() => tell(nowMs()), TELL_EVERY_MS);
      return;
    }
    if (toldMs !== Number.NEGATIVE_INFINITY && !isUntold) return;
    toldMs = now;
    isUntold = false;
    const facts = factsOf(tickets.all());
    canvas.dataset.parts = String(parts);
    canvas.dataset.done = facts.doneRanges;
    canvas.dataset.leased = facts.leasedRanges;
    canvas.dataset.hedged = facts.hedgedRanges;
    canvas.dataset.doneBy = JSON.stringify(facts.doneBy);
    canvas.setAttribute('aria-label', words.grid(facts.done, facts.leased, parts));
  };

  const relayOut = () => {
    painter = undefined;
    soon();
  };
  const stopListening = onTickets((changed) => {
    for (const part of changed) stale.add(part);
    isUntold = true;
    soon();
  });
  const resizes = new ResizeObserver(relayOut);
  if (canvas.parentElement) resizes.observe(canvas.parentElement);
  // Zooming and moving to another screen change the pixel ratio; both come with a resize of the window.
  window.addEventListener('resize', relayOut);
  dark.addEventListener('change', relayOut);
  still.addEventListener('change', relayOut);
  soon();

  return {
    at: (x, y) => layout && partAt(layout, x, y),
    placeOf: (part) => layout && cellOf(layout, part, 1),
    light(device) {
      lit = device;
      if (device === undefined) delete canvas.dataset.lit;
      else canvas.dataset.lit = String(device);
      staleAll();
      soon();
    },
    retell() {
      isUntold = true;
      soon();
    },
    stop() {
      stopListening();
      clearTimeout(tellLater);
      clearTimeout(paintLater);
      resizes.disconnect();
      window.removeEventListener('resize', relayOut);
      dark.removeEventListener('change', relayOut);
      still.removeEventListener('change', relayOut);
      if (frame !== undefined) cancelAnimationFrame(frame);
    },
  };
}
