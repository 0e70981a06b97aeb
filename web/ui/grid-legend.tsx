import type { JSX } from 'solid-js';
import { words } from '../words/words.ts';

/** What the cells look like in each state; which device is which, the list of devices says. */
export function GridLegend(): JSX.Element {
  return (
    <span class="legend" aria-hidden="true">
      <span class="legend-done">{words.legend.done}</span>
      <span class="legend-leased">{words.legend.leased}</span>
      <span class="legend-hedged">{words.legend.hedged}</span>
      <span class="legend-free">{words.legend.free}</span>
      <span class="legend-unknown">{words.legend.unknown}</span>
    </span>
  );
}
