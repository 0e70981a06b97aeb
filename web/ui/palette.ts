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

/** The colour of a device on the grid and in the list. */
export function colourOf(device: number): string {
  if (device === OTHERS) return OTHERS_COLOUR;
  return DEVICE_COLOURS[(device - 1) % DEVICE_COLOURS.length] ?? OTHERS_COLOUR;
}

/** What nobody carries yet. */
export interface GridTheme {
  free: string;
  unknown: string;
  hatch: string;
}

const LIGHT: GridTheme = { free: '#dbe0e7', unknown: '#eceff3', hatch: '#d3d9e1' };
const DARK: GridTheme = { free: '#343b46', unknown: '#20252d', hatch: '#323945' };

export function gridTheme(isDark: boolean): GridTheme {
  return isDark ? DARK : LIGHT;
}
