import { createUniqueId, type JSX, Show } from 'solid-js';
import { colourOf, PATTERN_INK, PATTERN_PX, PATTERN_STROKE_PX, patternOf } from './palette.ts';

/** A device's colour and pattern, as on the grid. */
export function Swatch(props: { device: number }): JSX.Element {
  const id = createUniqueId();
  return (
    <svg class="swatch" aria-hidden="true" viewBox="0 0 16 16">
      <rect width="16" height="16" rx="4" fill={colourOf(props.device)} />
      <Show when={patternOf(props.device)}>
        {(strokes) => (
          <>
            <pattern id={id} width={PATTERN_PX} height={PATTERN_PX} patternUnits="userSpaceOnUse">
              <path
                d={strokes()}
                fill="none"
                stroke={PATTERN_INK}
                stroke-width={PATTERN_STROKE_PX}
                stroke-linecap="round"
              />
            </pattern>
            <rect width="16" height="16" rx="4" fill={`url(#${id})`} />
          </>
        )}
      </Show>
    </svg>
  );
}
