import { type JSX, Show } from 'solid-js';
import { isPaused } from '../../protocol/messages/common.ts';
import { percentOf } from '../words/numbers.ts';
import { numbers, words } from '../words/words.ts';
import { colourOf } from './palette.ts';
import type { OpenView } from './status.ts';

/** How far the whole upload is, all devices together: what one reads from across the room. */
export function ProgressPanel(props: {
  view: OpenView;
  /** Nothing is heard of the other devices: it shows what was known last. */
  isStale: boolean;
}): JSX.Element {
  const progress = () => props.view.progress;
  const isOpen = () => props.view.phase.state === 'open';
  const isAllPaused = () => isPaused(props.view.phase);
  const eta = () => {
    if (!isOpen()) return '';
    if (props.isStale) return words.lastKnown;
    return isAllPaused() ? words.pausedNow : words.timeLeft(progress().etaMs);
  };
  const parts = () => words.partsDone(props.view.doneParts, props.view.partCount);
  const speed = () => {
    const count = props.view.devices.filter(({ rateBps }) => rateBps > 0).length;
    if (props.isStale || isAllPaused() || count === 0) return '';
    return [numbers.speed(progress().rateBps), words.together(count)].join(', ');
  };
  return (
    <section class="card progress" data-phase={props.view.phase.state}>
      <div class="progress-head">
        <p class="progress-percent">{numbers.percent(progress().share)}</p>
        <Show when={isOpen()}>
          <div class="progress-now">
            <p class="progress-eta">{eta()}</p>
            <p class="soft">{speed()}</p>
          </div>
        </Show>
      </div>
      <div
        class="bar"
        role="progressbar"
        aria-label={words.progress}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow={percentOf(progress().share)}
        aria-valuetext={words.progressFull(progress().share, parts(), eta())}
      >
        <div
          class="bar-fill"
          style={{ width: `${progress().share * 100}%`, 'background-image': tributaries(props.view) }}
        />
      </div>
      <p class="progress-facts small">
        <span>
          {words.bytesDone(numbers.bytes(progress().shownBytes), numbers.bytes(progress().sizeBytes))}
        </span>
        <span>{parts()}</span>
      </p>
    </section>
  );
}

/** A stretch in the colour of each device, as wide as what it carried. */
function tributaries({ devices }: OpenView): string {
  const carriers = devices.filter(({ doneParts }) => doneParts > 0);
  const all = carriers.reduce((sum, { doneParts }) => sum + doneParts, 0);
  if (all === 0) return 'none';
  let before = 0;
  const stops = carriers.map(({ number, doneParts }) => {
    const from = (before / all) * 100;
    before += doneParts;
    return `${colourOf(number)} ${from}% ${(before / all) * 100}%`;
  });
  return `linear-gradient(to right, ${stops.join(', ')})`;
}
