/** Where the cells of the grid are, in CSS pixels. Pure. */
export interface GridLayout {
  parts: number;
  columns: number;
  rows: number;
  pitchX: number;
  pitchY: number;
  gapPx: number;
  widthPx: number;
  heightPx: number;
}

/** Below this a cell is no longer seen; the grid grows downwards instead. */
const MIN_PITCH_PX = 4;
/** Above this a cell says no more; with few parts they grow wide instead, as pieces of one bar. */
const MAX_PITCH_PX = 30;
/** The grid is meant to be about this high. */
const MIN_AIM_PX = 150;
const MAX_AIM_PX = 280;

export function layoutGrid(parts: number, widthPx: number): GridLayout {
  const width = Math.max(1, widthPx);
  const aimPx = Math.min(MAX_AIM_PX, Math.max(MIN_AIM_PX, width / 3));
  const pitch = Math.min(MAX_PITCH_PX, Math.max(MIN_PITCH_PX, Math.sqrt((width * aimPx) / parts)));
  const most = Math.min(parts, Math.max(1, Math.floor(width / pitch)));
  const rows = Math.ceil(parts / most);
  const columns = Math.ceil(parts / rows);
  return {
    parts,
    columns,
    rows,
    pitchX: width / columns,
    pitchY: pitch,
    gapPx: pitch >= 12 ? 2 : 1,
    widthPx: width,
    heightPx: Math.ceil(rows * pitch),
  };
}

/** The part at this point, if there is one. */
export function partAt(layout: GridLayout, x: number, y: number): number | undefined {
  const column = Math.floor(x / layout.pitchX);
  const row = Math.floor(y / layout.pitchY);
  if (column < 0 || column >= layout.columns || row < 0) return undefined;
  const part = row * layout.columns + column + 1;
  return part <= layout.parts ? part : undefined;
}

export interface Cell {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The cell of a part in device pixels, on whole pixels so that its edges are sharp. */
export function cellOf(layout: GridLayout, part: number, ratio: number): Cell {
  const column = (part - 1) % layout.columns;
  const row = Math.floor((part - 1) / layout.columns);
  const gap = Math.max(1, Math.round(layout.gapPx * ratio));
  const x = Math.round(column * layout.pitchX * ratio);
  const y = Math.round(row * layout.pitchY * ratio);
  return {
    x,
    y,
    width: Math.max(1, Math.round((column + 1) * layout.pitchX * ratio) - x - gap),
    height: Math.max(1, Math.round((row + 1) * layout.pitchY * ratio) - y - gap),
  };
}
