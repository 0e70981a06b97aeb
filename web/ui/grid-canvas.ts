import { STRIPE_PARTS } from '../../protocol/board/geometry.ts';
import { type TicketView, viewTicket } from '../../protocol/board/replica.ts';
import type { OpenBoard } from '../engine/board-session.ts';
import { factsOf } from './grid-facts.ts';
import { cellOf, type GridLayout, layoutGrid, partAt } from './grid-layout.ts';
import { type GridPainter, makeGridPainter } from './grid-painter.ts';
import { gridTheme } from './palette.ts';
import { gridWords } from './words.ts';

/** A lease runs out without any event; this is how late the grid may notice. */
const EXPIRY_TICK_MS = 1_000;

export interface GridCanvasOptions {
  canvas: HTMLCanvasElement;
  board: OpenBoard;
  serverNowMs: () => number;
  /** Tells of stripes that changed. */
  onStripes(listener: (stripes: readonly number[]) => void): () => void;
}

export interface GridCanvas {
  ticket(part: number): TicketView | undefined;
  /** The part under a point of the canvas, and its place there, in CSS pixels. */
  at(
    x: number,
    y: number,
  ): { part: number; left: number; top: number; width: number; height: number } | undefined;
  stop(): void;
}

/**
 * Keeps a canvas showing the board: draws stripes that changed, and everything only when the size or the theme does.
 * What it shows also stands in `data-…` attributes and in the accessible name, written in the same frame.
 */
export function makeGridCanvas({ canvas, board, serverNowMs, onStripes }: GridCanvasOptions): GridCanvas {
  const { replica } = board;
  const { parts, stripes } = replica.geometry;
  const tickets: TicketView[] = Array.from({ length: parts }, () => ({ state: 'unknown' }));
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const stale = new Set<number>();
  let layout: GridLayout | undefined;
  let painter: GridPainter | undefined;
  let frame: number | undefined;

  const staleAll = () => {
    for (let s = 0; s < stripes; s++) stale.add(s);
  };

  const soon = () => {
    frame ??= requestAnimationFrame(() => {
      frame = undefined;
      paint();
    });
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
  };

  const paint = () => {
    if (!painter) layOut();
    const nowMs = serverNowMs();
    for (const s of stale) {
      const stripe = replica.stripe(s);
      const last = Math.min(parts, (s + 1) * STRIPE_PARTS);
      for (let part = s * STRIPE_PARTS + 1; part <= last; part++) {
        const ticket = viewTicket(stripe, part, nowMs);
        tickets[part - 1] = ticket;
        painter?.draw(part, ticket);
      }
    }
    stale.clear();
    tell();
  };

  const tell = () => {
    const facts = factsOf(tickets);
    canvas.dataset.parts = String(parts);
    canvas.dataset.done = facts.doneRanges;
    canvas.dataset.leased = facts.leasedRanges;
    canvas.dataset.doneBy = JSON.stringify(facts.doneBy);
    canvas.setAttribute('aria-label', gridWords(facts.done, facts.leased, parts));
  };

  const relayOut = () => {
    painter = undefined;
    soon();
  };
  const stopListening = onStripes((changed) => {
    for (const s of changed) stale.add(s);
    soon();
  });
  const ticking = setInterval(() => {
    tickets.forEach((ticket, index) => {
      if (ticket.state === 'leased') stale.add(Math.floor(index / STRIPE_PARTS));
    });
    if (stale.size > 0) soon();
  }, EXPIRY_TICK_MS);
  const resizes = new ResizeObserver(relayOut);
  if (canvas.parentElement) resizes.observe(canvas.parentElement);
  // Zooming and moving to another screen change the pixel ratio; both come with a resize of the window.
  window.addEventListener('resize', relayOut);
  dark.addEventListener('change', relayOut);
  staleAll();
  soon();

  return {
    ticket: (part) => tickets[part - 1],
    at(x, y) {
      const part = layout && partAt(layout, x, y);
      if (!layout || part === undefined) return undefined;
      const cell = cellOf(layout, part, 1);
      return { part, left: cell.x, top: cell.y, width: cell.width, height: cell.height };
    },
    stop() {
      stopListening();
      clearInterval(ticking);
      resizes.disconnect();
      window.removeEventListener('resize', relayOut);
      dark.removeEventListener('change', relayOut);
      if (frame !== undefined) cancelAnimationFrame(frame);
    },
  };
}
