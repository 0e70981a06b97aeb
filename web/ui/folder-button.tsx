import { type JSX, Show } from 'solid-js';
import { words } from '../words/words.ts';

/** Where the browser can choose a whole folder: phones mostly cannot. */
export function FolderButton(props: { choose: (files: readonly File[]) => void }): JSX.Element {
  const isPossible = 'webkitdirectory' in HTMLInputElement.prototype;
  const onChange: JSX.ChangeEventHandler<HTMLInputElement, Event> = ({ currentTarget }) => {
    const files = [...(currentTarget.files ?? [])];
    // Emptied, so that choosing the same folder once more is a change again.
    currentTarget.value = '';
    props.choose(files);
  };
  return (
    <Show when={isPossible}>
      <label class="button folder-button">
        <input
          type="file"
          class="unseen"
          aria-label={words.chooseFolder}
          ref={(input) => {
            input.webkitdirectory = true;
          }}
          onChange={onChange}
        />
        {words.chooseFolder}
      </label>
    </Show>
  );
}
