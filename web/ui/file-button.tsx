import type { JSX } from 'solid-js';
import { canPickFile, pickFile } from '../browser/file-handles.ts';

/**
 * A real file input inside its label: the label is what one sees and hits, the input is what the keyboard and a screen
 * reader find, named `name`.
 */
export function FileButton(props: {
  name: string;
  class: string;
  choose: (file: File) => void;
  children: JSX.Element;
}): JSX.Element {
  const onChange: JSX.ChangeEventHandler<HTMLInputElement, Event> = ({ currentTarget }) => {
    const file = currentTarget.files?.[0];
    // Emptied, so that choosing the same file once more is a change again.
    currentTarget.value = '';
    if (file) props.choose(file);
  };
  // The browser's picker gives a file that the page can go on with after a reload; the input gives one for this time.
  let isPicker = canPickFile();
  const onClick: JSX.EventHandler<HTMLInputElement, MouseEvent> = async (event) => {
    if (!isPicker) return;
    const input = event.currentTarget;
    event.preventDefault();
    const picked = await pickFile();
    if (picked.state === 'file') props.choose(picked.file);
    isPicker = picked.state !== 'unavailable';
    if (!isPicker) input.click();
  };
  return (
    <label class={props.class}>
      <input type="file" class="unseen" aria-label={props.name} onClick={onClick} onChange={onChange} />
      {props.children}
    </label>
  );
}
