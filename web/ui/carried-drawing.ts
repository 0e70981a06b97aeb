import type { TicketView } from '../../protocol/board/replica.ts';
import { layoutGrid } from './grid-layout.ts';
import { makeGridPainter } from './grid-painter.ts';
import { gridTheme } from './palette.ts';

/** The size that chats and boards show whole. */
export const PICTURE = { width: 1_200, height: 630 };

export interface Carried {
  title: string;
  subtitle: string;
  brand: string;
  tickets: readonly TicketView[];
  carriers: ReadonlyArray<{ device: number; text: string }>;
}

const MARGIN = 56;
const LINE = 44;
const GRID_TOP = 168;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const STILL = { breath: 1, glow: 0, isShaded: false };
/** More names would be smaller than the picture is worth. */
const MAX_NAMES = 6;

/** The finished grid with its legend, always on white: it is to be seen elsewhere. */
export function drawCarried(context: CanvasRenderingContext2D, carried: Carried): void {
  const { width, height } = PICTURE;
  const inner = width - 2 * MARGIN;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);

  context.textBaseline = 'alphabetic';
  context.fillStyle = '#171b21';
  context.font = `650 44px ${FONT}`;
  context.fillText(shortened(context, carried.title, inner), MARGIN, 92);
  context.fillStyle = '#55606e';
  context.font = `26px ${FONT}`;
  context.fillText(shortened(context, carried.subtitle, inner), MARGIN, 134);

  const names = carried.carriers.slice(0, MAX_NAMES);
  const namesTop = height - MARGIN - Math.ceil(names.length / 2) * LINE;
  drawGrid(context, carried.tickets, inner, namesTop - GRID_TOP - 28);

  context.font = `24px ${FONT}`;
  names.forEach(({ device, text }, index) => {
    const x = MARGIN + (index % 2) * (inner / 2);
    const y = namesTop + Math.floor(index / 2) * LINE;
    drawSwatch(context, device, x, y + 6);
    context.fillStyle = '#171b21';
    context.fillText(shortened(context, text, inner / 2 - 60), x + 42, y + 28);
  });
  context.fillStyle = '#55606e';
  context.font = `600 20px ${FONT}`;
  context.textAlign = 'right';
  context.fillText(carried.brand, width - MARGIN, height - 22);
  context.textAlign = 'left';
}

/** Cells and patterns of the page, twice their size: the picture is mostly seen small. */
const SCALE = 2;
const MAX_PITCH = 40;

/** As large as fits both ways. */
function drawGrid(
  context: CanvasRenderingContext2D,
  tickets: readonly TicketView[],
  widthPx: number,
  heightPx: number,
): void {
  const layout = layoutGrid(tickets.length, widthPx / SCALE);
  const pitchY = Math.min(MAX_PITCH, heightPx / SCALE / layout.rows);
  const fitted = { ...layout, pitchY, gapPx: pitchY >= 6 ? 1 : 0 };
  context.save();
  context.translate(MARGIN, GRID_TOP);
  const painter = makeGridPainter(context, fitted, gridTheme(false), SCALE);
  tickets.forEach((ticket, index) => {
    painter.draw(index + 1, ticket, STILL);
  });
  context.restore();
}

function drawSwatch(context: CanvasRenderingContext2D, device: number, x: number, y: number): void {
  const layout = { ...layoutGrid(1, 14), pitchX: 14, pitchY: 14, gapPx: 0 };
  context.save();
  context.translate(x, y);
  makeGridPainter(context, layout, gridTheme(false), SCALE).draw(1, { state: 'done', device }, STILL);
  context.restore();
}

function shortened(context: CanvasRenderingContext2D, text: string, widthPx: number): string {
  if (context.measureText(text).width <= widthPx) return text;
  let end = text.length;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > widthPx) end -= 1;
  return `${text.slice(0, end)}…`;
}
