import { AlertDialog } from '@kobalte/core/alert-dialog';
import { createSignal, type JSX } from 'solid-js';
import type { Upload } from '../engine/upload.ts';
import { words } from '../words/words.ts';
import { opener } from './opener.ts';

/** Asks before it ends the upload for everybody. */
export function AbortDialog(props: { upload: Upload; close: () => void }): JSX.Element {
  const [isEnding, setEnding] = createSignal(false);
  const [said, setSaid] = createSignal('');
  const { back } = opener();
  let keep: HTMLButtonElement | undefined;
  const end = async () => {
    setEnding(true);
    setSaid('');
    const error = await props.upload.abort();
    // When it went well the board says so and all this goes; if it is still here, nothing was heard.
    setEnding(false);
    setSaid(error ? words.errors[error.kind] : words.unanswered);
  };
  return (
    <AlertDialog open onOpenChange={(isOpen) => !isOpen && props.close()} preventScroll={false}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay class="dialog-veil" />
        <div class="dialog-place">
          <AlertDialog.Content
            class="dialog"
            onOpenAutoFocus={(event) => {
              // What destroys nothing comes first.
              event.preventDefault();
              keep?.focus();
            }}
            onCloseAutoFocus={back}
          >
            <AlertDialog.Title class="dialog-title">{words.abort}</AlertDialog.Title>
            <AlertDialog.Description as="p">{words.abortSure}</AlertDialog.Description>
            <p class="small" role="alert">
              {said()}
            </p>
            <div class="dialog-actions">
              <button
                type="button"
                class="button danger solid"
                disabled={isEnding()}
                onClick={() => void end()}
              >
                {isEnding() ? words.aborting : words.abortYes}
              </button>
              <button type="button" class="button" ref={keep} onClick={() => props.close()}>
                {words.abortNo}
              </button>
            </div>
          </AlertDialog.Content>
        </div>
      </AlertDialog.Portal>
    </AlertDialog>
  );
}
