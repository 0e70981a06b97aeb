import type { JSX } from 'solid-js';
import { Show } from 'solid-js';
import type { UploadView } from '../engine/upload.ts';
import { formatPercent, formatSpeed, percentOf } from './format.ts';
import { doneWords, etaWords, progressWords, words } from './words.ts';

/** How far the whole upload is, all devices together. */
export function ProgressPanel(props: { view: Extract<UploadView, { state: 'open' }> }): JSX.Element {
  const share = () => props.view.progress.share;
  const isOpen = () => props.view.phase.state === 'open';
  const eta = () => (isOpen() ? etaWords(props.view.progress.etaMs) : '');
  return (
    <section class="progress" classList={{ 'is-done': props.view.phase.state === 'finished' }}>
      <p class="progress-percent">{formatPercent(share())}</p>
      <div
        class="bar"
        role="progressbar"
        aria-label={words.progress}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow={percentOf(share())}
        aria-valuetext={progressWords(share(), props.view.doneParts, props.view.partCount, eta())}
      >
        <div class="bar-fill" style={{ transform: `scaleX(${share()})` }} />
      </div>
      <p class="progress-facts">
        <span>{doneWords(props.view.doneParts, props.view.partCount)}</span>
        <Show when={isOpen()}>
          <span>{formatSpeed(props.view.progress.rateBps)}</span>
          <span>{eta()}</span>
        </Show>
      </p>
    </section>
  );
}
