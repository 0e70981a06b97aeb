import { OTHERS } from '../../protocol/board/stripe.ts';

/** For parts of nobody in particular: devices beyond the twelfth of a stripe. */
const OTHERS_COLOUR = '#8a8f98';

/**
 * Device number 1 has the first, and so on around. Each stands out by 3:1 (WCAG 1.4.11) from the white and from the
 * dark page alike, and neighbours in the list are far apart, so that the first few devices differ most.
 */
const DEVICE_COLOURS = [
  '#2f7de1', // blue
  '#d9700a', // orange
  '#1f9d61', // green
  '#d6499b', // pink
  '#8a63d8', // purple
  '#8f8b12', // olive
  '#1196a8', // teal
  '#d94a3d', // red
  '#a9714b', // brown
  '#5d9e1a', // lime
  '#b0657e', // rose
] as const;

/** The side of the square that a pattern repeats in, CSS pixels. */
export const PATTERN_PX = 8;

/**
 * Who does not see colours tells devices apart by these: strokes in a square of 8, as SVG path data, for the canvas and
 * the legend alike. Six are not a divisor of eleven: only every sixty-sixth device looks like another one.
 */
const PATTERNS = [
  '', // plain
  'M-2 2L2-2M-2 10L10-2M6 10L10 6', // rising
  'M2 2h.01M6 6h.01', // dots
  'M0 2h8M0 6h8', // level
  'M10 2L6-2M10 10L-2-2M2 10L-2 6', // falling
  'M0 4h8M4 0v8', // crossed
] as const;

/** Round caps make dots of strokes without a length. */
export const PATTERN_STROKE_PX = 2;
/** On all of the colours. */
export const PATTERN_INK = 'rgb(255 255 255 / 62%)';

/** The colour of a device on the grid and in the list. */
export function colourOf(device: number): string {
  if (device === OTHERS) return OTHERS_COLOUR;
  return DEVICE_COLOURS[(device - 1) % DEVICE_COLOURS.length] ?? OTHERS_COLOUR;
}

/** The pattern of a device, as SVG path data; empty for a plain one. */
export function patternOf(device: number): string {
  if (device === OTHERS) return '';
  return PATTERNS[(device - 1) % PATTERNS.length] ?? '';
}

/** What nobody carries yet. */
export interface GridTheme {
  free: string;
  unknown: string;
  hatch: string;
  /** The mark of a ticket that is carried twice. */
  mark: string;
}

const LIGHT: GridTheme = { free: '#b9c4d1', unknown: '#eef1f5', hatch: '#c3ccd8', mark: '#171b21' };
const DARK: GridTheme = { free: '#444e5d', unknown: '#222831', hatch: '#363e4a', mark: '#f2f5f9' };

export function gridTheme(isDark: boolean): GridTheme {
  return isDark ? DARK : LIGHT;
}
