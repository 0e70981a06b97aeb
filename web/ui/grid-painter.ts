import type { TicketView } from '../../protocol/board/replica.ts';
import { type Cell, cellOf, type GridLayout } from './grid-layout.ts';
import { colourOf, type GridTheme } from './palette.ts';

/** A leased cell is its device's colour, as if the paint were still thin. */
const LEASED_ALPHA = 0.3;
/** In cells smaller than this (CSS px) an outline would leave no inside. */
const OUTLINED_FROM_PX = 9;
const HATCHED_FROM_PX = 9;
const ROUNDED_FROM_PX = 14;

/** Draws single tickets on a canvas. */
export interface GridPainter {
  draw(part: number, ticket: TicketView): void;
}

export function makeGridPainter(
  context: CanvasRenderingContext2D,
  layout: GridLayout,
  theme: GridTheme,
  ratio: number,
): GridPainter {
  const sizePx = Math.min(layout.pitchX, layout.pitchY);
  const radius = sizePx >= ROUNDED_FROM_PX ? 3 * ratio : 0;
  const unknown = sizePx >= HATCHED_FROM_PX ? (hatch(context, theme, ratio) ?? theme.unknown) : theme.unknown;

  const fill = (cell: Cell, style: string | CanvasPattern) => {
    context.fillStyle = style;
    if (radius === 0) return context.fillRect(cell.x, cell.y, cell.width, cell.height);
    context.beginPath();
    context.roundRect(cell.x, cell.y, cell.width, cell.height, radius);
    context.fill();
  };

  const lease = (cell: Cell, devices: readonly number[]) => {
    fill(cell, theme.unknown);
    const thin = sizePx >= OUTLINED_FROM_PX;
    // In the endgame two devices may carry one part: each has its share of the cell.
    devices.forEach((device, index) => {
      const x = cell.x + Math.round((cell.width * index) / devices.length);
      const end = cell.x + Math.round((cell.width * (index + 1)) / devices.length);
      context.globalAlpha = thin ? LEASED_ALPHA : 0.5;
      fill({ ...cell, x, width: end - x }, colourOf(device));
      context.globalAlpha = 1;
      if (!thin) return;
      const line = Math.max(1, Math.round(1.5 * ratio));
      context.strokeStyle = colourOf(device);
      context.lineWidth = line;
      context.beginPath();
      const inset = { x: x + line / 2, y: cell.y + line / 2, w: end - x - line, h: cell.height - line };
      context.roundRect(inset.x, inset.y, inset.w, inset.h, Math.max(0, radius - line / 2));
      context.stroke();
    });
  };

  return {
    draw(part, ticket) {
      const cell = cellOf(layout, part, ratio);
      context.clearRect(cell.x, cell.y, cell.width, cell.height);
      if (ticket.state === 'done') fill(cell, colourOf(ticket.device));
      else if (ticket.state === 'leased') lease(cell, ticket.devices);
      else fill(cell, ticket.state === 'free' ? theme.free : unknown);
    },
  };
}

function hatch(context: CanvasRenderingContext2D, theme: GridTheme, ratio: number): CanvasPattern | null {
  const size = Math.max(4, Math.round(5 * ratio));
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext('2d');
  if (!pen) return null;
  pen.fillStyle = theme.unknown;
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = theme.hatch;
  pen.lineWidth = Math.max(1, ratio);
  pen.beginPath();
  // Three strokes, so that the lines go on across the seams.
  for (const offset of [-size, 0, size]) {
    pen.moveTo(offset - 1, size + 1);
    pen.lineTo(offset + size + 1, -1);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat');
}
