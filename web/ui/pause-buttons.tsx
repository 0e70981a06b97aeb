import { createSignal, type JSX, Show } from 'solid-js';
import { isPaused } from '../../protocol/messages/common.ts';
import type { Upload } from '../engine/upload.ts';
import { words } from '../words/words.ts';
import type { OpenView } from './status.ts';

/** Holds this device on, or all of them, and lets them go on. */
export function PauseButtons(props: { view: OpenView; upload: Upload }): JSX.Element {
  const [isAsking, setAsking] = createSignal(false);
  const [said, setSaid] = createSignal('');
  const isAllPaused = () => isPaused(props.view.phase);
  const isCarrying = () => props.view.carrier && !/^(stopped|over)$/.test(props.view.carrier.state);
  const pauseAll = async () => {
    setAsking(true);
    setSaid('');
    const error = await props.upload.pauseAll(!isAllPaused());
    setAsking(false);
    if (error) setSaid(words.errors[error.kind]);
  };
  return (
    <>
      <Show when={isCarrying() && !isAllPaused()}>
        <button type="button" class="button" onClick={() => props.upload.pause(!props.view.isPaused)}>
          {props.view.isPaused ? words.goOn : words.pause}
        </button>
      </Show>
      <Show when={props.view.role === 'owner'}>
        <button type="button" class="button" disabled={isAsking()} onClick={() => void pauseAll()}>
          {isAllPaused() ? words.goOnAll : words.pauseAll}
        </button>
        <Show when={said()}>
          <p class="small" role="alert">
            {said()}
          </p>
        </Show>
      </Show>
    </>
  );
}
