import { createEffect, createSignal, type JSX, onCleanup, Show, Suspense } from 'solid-js';
import { isPaused } from '../../protocol/messages/common.ts';
import { browserClock } from '../browser/clock.ts';
import { percentOf } from '../words/numbers.ts';
import { numbers, words } from '../words/words.ts';
import { later } from './later.ts';
import { colourOf } from './palette.ts';
import type { OpenView } from './status.ts';
import { makeSteps } from './steps.ts';

const CompletedLine = later(
  () => import('./completed-line.tsx'),
  ({ CompletedLine }) => CompletedLine,
);

/** How far the whole upload is, all devices together: what one reads from across the room. */
export function ProgressPanel(props: {
  view: OpenView;
  /** Nothing is heard of the other devices: it shows what was known last. */
  isStale: boolean;
  /** When the upload was made. */
  startedAtMs: number | undefined;
}): JSX.Element {
  const progress = () => props.view.progress;
  const [barShare, setBarShare] = createSignal(progress().share);
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const goTo = makeSteps(barShare(), browserClock.after, setBarShare, () => still.matches);
  createEffect(() => onCleanup(goTo(progress().share)));
  const isOpen = () => props.view.phase.state === 'open';
  const isAllPaused = () => isPaused(props.view.phase);
  const eta = () => {
    if (!isOpen()) return '';
    if (props.isStale) return words.lastKnown;
    return isAllPaused() ? words.pausedNow : words.timeLeft(progress().etaMs);
  };
  const isFinished = () => props.view.phase.state === 'finished';
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
        <Show when={!isFinished() && props.view.phase.state !== 'aborted'}>
          <div class="progress-now">
            <p class="progress-eta">{eta()}</p>
            <p class="soft">{speed()}</p>
          </div>
        </Show>
        {/* In the place of what was left, so that nothing moves under whoever looks. */}
        <Show when={isFinished()}>
          <div class="progress-now">
            <Suspense fallback={<Room />}>
              <CompletedLine view={props.view} startedAtMs={props.startedAtMs} />
            </Suspense>
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
          style={{ width: `${barShare() * 100}%`, 'background-image': tributaries(props.view) }}
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

/** The two lines before they are there. */
function Room(): JSX.Element {
  return (
    <>
      <p />
      <p />
    </>
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
