import { createSignal, type JSX, onMount, Show } from 'solid-js';
import { isPaused } from '../../protocol/messages/common.ts';
import type { CarrierState } from '../engine/carrier-state.ts';
import type { Upload } from '../engine/upload.ts';
import { words } from '../words/words.ts';
import type { OpenView } from './status.ts';

/** Holds this device on, or lets it go on, in whichever tab: beside what it is doing, where a thumb finds it. */
export function PauseButton(props: {
  view: OpenView;
  upload: Upload;
  otherTab: CarrierState | undefined;
}): JSX.Element {
  const isCarrying = () => {
    const carrier = props.view.carrier ?? props.otherTab;
    return carrier && !/^(stopped|over)$/.test(carrier.state);
  };
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

/** What was pressed gives way to its opposite, in another place: the keyboard goes with it. */
let isFocusDue = false;

/** For owners: holds all devices on, among the other actions; lets them go on, beside the words that they are held. */
export function PauseAllButton(props: { upload: Upload; isAllPaused: boolean }): JSX.Element {
  let button: HTMLButtonElement | undefined;
  const [isAsking, setAsking] = createSignal(false);
  const [said, setSaid] = createSignal('');
  const pauseAll = async () => {
    setAsking(true);
    setSaid('');
    isFocusDue = true;
    const error = await props.upload.pauseAll(!props.isAllPaused);
    setAsking(false);
    if (!error) return;
    isFocusDue = false;
    setSaid(error === 'unanswered' ? words.unanswered : words.errors[error.kind]);
  };
  onMount(() => {
    if (isFocusDue) button?.focus({ preventScroll: true });
    isFocusDue = false;
  });
  return (
    <>
      <button ref={button} type="button" class="button" disabled={isAsking()} onClick={() => void pauseAll()}>
        {props.isAllPaused ? words.goOnAll : words.pauseAll}
      </button>
      <Show when={said()}>
        <p class="small" role="alert">
          {said()}
        </p>
      </Show>
    </>
  );
}
