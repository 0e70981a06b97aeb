import type { TicketView } from '../../protocol/board/replica.ts';
import { type Cell, cellOf, type GridLayout } from './grid-layout.ts';
import {
  colourOf,
  type GridTheme,
  PATTERN_INK,
  PATTERN_PX,
  PATTERN_STROKE_PX,
  patternOf,
} from './palette.ts';

/** In cells smaller than this (CSS px) an outline would leave no inside. */
const OUTLINED_FROM_PX = 9;
const HATCHED_FROM_PX = 9;
const ROUNDED_FROM_PX = 14;
/** A leased cell is its device's colour, as if the paint were still thin: between these while it breathes. */
const THINNEST = 0.22;
const THICKEST = 0.6;
/** What is not in the light, when one device is looked at. */
const SHADE_ALPHA = 0.18;
const OPAQUE = 1;

/** How a ticket is to look in this moment. */
export interface Look {
  /** 0 to 1: where in its breath a leased one is. */
  breath: number;
  /** 1 when it has just been done, 0 once it has settled. */
  glow: number;
  /** Whether another device is looked at. */
  isShaded: boolean;
}

/** Draws single tickets on a canvas. */
export interface GridPainter {
  draw(part: number, ticket: TicketView, look: Look): void;
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
  const patterns = new Map<string, CanvasPattern | null>();

  const fill = (cell: Cell, style: string | CanvasPattern) => {
    context.fillStyle = style;
    if (radius === 0) return context.fillRect(cell.x, cell.y, cell.width, cell.height);
    context.beginPath();
    context.roundRect(cell.x, cell.y, cell.width, cell.height, radius);
    context.fill();
  };

  const paint = (cell: Cell, device: number) => {
    fill(cell, colourOf(device));
    const strokes = patternOf(device);
    if (!strokes) return;
    if (!patterns.has(strokes)) patterns.set(strokes, patternFor(context, strokes, ratio));
    const pattern = patterns.get(strokes);
    if (pattern) fill(cell, pattern);
  };

  const lease = (cell: Cell, devices: readonly number[], breath: number, alpha: number) => {
    fill(cell, theme.unknown);
    const isOutlined = sizePx >= OUTLINED_FROM_PX;
    // In the endgame two devices may carry one part: each has its share of the cell.
    devices.forEach((device, index) => {
      const x = cell.x + Math.round((cell.width * index) / devices.length);
      const end = cell.x + Math.round((cell.width * (index + 1)) / devices.length);
      const half = { ...cell, x, width: end - x };
      context.globalAlpha = alpha * (THINNEST + (THICKEST - THINNEST) * breath);
      paint(half, device);
      context.globalAlpha = alpha;
      if (isOutlined) outline(half, colourOf(device));
    });
    if (devices.length > 1) mark(cell);
  };

  const outline = (cell: Cell, colour: string) => {
    const line = Math.max(1, Math.round(1.5 * ratio));
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.beginPath();
    context.roundRect(
      cell.x + line / 2,
      cell.y + line / 2,
      cell.width - line,
      cell.height - line,
      Math.max(0, radius - line / 2),
    );
    context.stroke();
  };

  /** A line down the middle: carried twice. */
  const mark = (cell: Cell) => {
    const width = Math.max(1, Math.round(1.5 * ratio));
    context.fillStyle = theme.mark;
    context.fillRect(Math.round(cell.x + (cell.width - width) / 2), cell.y, width, cell.height);
  };

  return {
    draw(part, ticket, { breath, glow, isShaded }) {
      const cell = cellOf(layout, part, ratio);
      context.clearRect(cell.x, cell.y, cell.width, cell.height);
      const alpha = isShaded ? SHADE_ALPHA : OPAQUE;
      context.globalAlpha = alpha;
      if (ticket.state === 'done') paint(cell, ticket.device);
      else if (ticket.state === 'leased') lease(cell, ticket.devices, breath, alpha);
      else fill(cell, ticket.state === 'free' ? theme.free : unknown);
      if (ticket.state === 'done' && glow > 0) {
        context.globalAlpha = alpha * glow * 0.75;
        fill(cell, '#fff');
      }
      context.globalAlpha = OPAQUE;
    },
  };
}

/** The strokes of a device, repeated across the whole canvas: what they show goes on from cell to cell. */
function patternFor(context: CanvasRenderingContext2D, strokes: string, ratio: number): CanvasPattern | null {
  const { tile, pen } = makeTile(Math.round(PATTERN_PX * ratio));
  if (!pen) return null;
  pen.scale(tile.width / PATTERN_PX, tile.height / PATTERN_PX);
  pen.strokeStyle = PATTERN_INK;
  pen.lineWidth = PATTERN_STROKE_PX;
  pen.lineCap = 'round';
  pen.stroke(new Path2D(strokes));
  return context.createPattern(tile, 'repeat');
}

function hatch(context: CanvasRenderingContext2D, theme: GridTheme, ratio: number): CanvasPattern | null {
  const size = Math.max(4, Math.round(5 * ratio));
  const { tile, pen } = makeTile(size);
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

function makeTile(sizePx: number): { tile: HTMLCanvasElement; pen: CanvasRenderingContext2D | null } {
  const tile = document.createElement('canvas');
  tile.width = sizePx;
  tile.height = sizePx;
  return { tile, pen: tile.getContext('2d') };
}
