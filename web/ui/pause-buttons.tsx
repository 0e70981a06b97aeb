import { createSignal, type JSX, Show } from 'solid-js';
import { isPaused } from '../../protocol/messages/common.ts';
import type { Upload } from '../engine/upload.ts';
import { words } from '../words/words.ts';
import type { OpenView } from './status.ts';

/** Holds this device on, or lets it go on: beside what it is doing, where a thumb finds it. */
export function PauseButton(props: { view: OpenView; upload: Upload }): JSX.Element {
  const isCarrying = () => props.view.carrier && !/^(stopped|over)$/.test(props.view.carrier.state);
  return (
    <Show when={props.view.phase.state === 'open' && isCarrying() && !isPaused(props.view.phase)}>
      <button
        type="button"
        class="button"
        aria-label={props.view.isPaused ? words.goOn : words.pause}
        onClick={() => props.upload.pause(!props.view.isPaused)}
      >
        {props.view.isPaused ? words.goOn : words.pauseShort}
      </button>
    </Show>
  );
}

/** For owners: holds all devices on, and lets them go on. */
export function PauseAllButton(props: { view: OpenView; upload: Upload }): JSX.Element {
  const [isAsking, setAsking] = createSignal(false);
  const [said, setSaid] = createSignal('');
  const isAllPaused = () => isPaused(props.view.phase);
  const pauseAll = async () => {
    setAsking(true);
    setSaid('');
    const error = await props.upload.pauseAll(!isAllPaused());
    setAsking(false);
    if (error) setSaid(words.errors[error.kind]);
  };
  return (
    <>
      <button type="button" class="button" disabled={isAsking()} onClick={() => void pauseAll()}>
        {isAllPaused() ? words.goOnAll : words.pauseAll}
      </button>
      <Show when={said()}>
        <p class="small" role="alert">
          {said()}
        </p>
      </Show>
    </>
  );
}
