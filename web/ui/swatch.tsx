import type { JSX } from 'solid-js';
import { colourOf } from './palette.ts';

/** A device's colour on the grid. */
export function Swatch(props: { device: number }): JSX.Element {
  return <span class="swatch" aria-hidden="true" style={{ 'background-color': colourOf(props.device) }} />;
}
