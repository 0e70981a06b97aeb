import { createSignal, createUniqueId, type JSX } from 'solid-js';
import { sharingWords } from '../words/sharing.ts';

/** A text to read, and a button that copies it, or helps to. */
export function CopyField(props: {
  name: string;
  button: string;
  /** What the button shows, where its whole name would take too much room. */
  short?: string;
  text: string;
}): JSX.Element {
  const id = createUniqueId();
  const [said, setSaid] = createSignal('');
  let field: HTMLInputElement | undefined;
  const copy = async () => {
    field?.focus();
    field?.select();
    try {
      // Plain http has no clipboard, and a browser may forbid it.
      await navigator.clipboard.writeText(props.text);
      setSaid(sharingWords().copied);
    } catch {
      setSaid(sharingWords().copyByHand);
    }
  };
  return (
    <div class="copy-field">
      <label for={id}>{props.name}</label>
      <div class="copy-row">
        <input
          id={id}
          ref={field}
          class="field"
          type="text"
          readonly
          autocomplete="off"
          spellcheck={false}
          value={props.text}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
        <button type="button" class="button" aria-label={props.button} onClick={() => void copy()}>
          {props.short ?? props.button}
        </button>
      </div>
      <p class="small copy-said" aria-live="polite">
        {said()}
      </p>
    </div>
  );
}
