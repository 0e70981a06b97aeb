import { createSignal, type JSX, Match, Switch } from 'solid-js';
import type { Upload } from '../engine/upload.ts';
import { words } from './words.ts';

type Step = { state: 'idle' } | { state: 'asking'; said: string } | { state: 'ending' };

/** Ends the upload for everybody, once it was confirmed. */
export function AbortButton(props: { upload: Upload }): JSX.Element {
  const [step, setStep] = createSignal<Step>({ state: 'idle' });
  const asking = () => {
    const now = step();
    return now.state === 'asking' ? now : undefined;
  };
  const end = async () => {
    setStep({ state: 'ending' });
    const error = await props.upload.abort();
    // When it went well the board says so and this button goes; if it is still here, nothing was heard.
    setStep({ state: 'asking', said: error?.message ?? words.unanswered });
  };
  return (
    <Switch>
      <Match when={step().state === 'idle'}>
        <button type="button" class="button danger" onClick={() => setStep({ state: 'asking', said: '' })}>
          {words.abort}
        </button>
      </Match>
      <Match when={asking()}>
        {(now) => (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields, and here is none.
          <div class="confirm" role="group" aria-label={words.abort}>
            <p>{words.abortSure}</p>
            <p class="small" role="alert">
              {now().said}
            </p>
            <button type="button" class="button danger" onClick={() => void end()}>
              {words.abortYes}
            </button>
            <button
              type="button"
              class="button"
              ref={(button) => queueMicrotask(() => button.focus())}
              onClick={() => setStep({ state: 'idle' })}
            >
              {words.abortNo}
            </button>
          </div>
        )}
      </Match>
      <Match when={step().state === 'ending'}>
        <p>{words.aborting}</p>
      </Match>
    </Switch>
  );
}
