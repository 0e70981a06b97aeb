import type { JSX } from 'solid-js';
import { canPickFile, pickFiles } from '../browser/file-handles.ts';

/**
 * A real file input inside its label: the label is what one sees and hits, the input is what the keyboard and a screen
 * reader find, named `name`.
 */
export function FileButton(props: {
  name: string;
  class: string;
  multiple?: boolean;
  choose: (files: readonly File[]) => void;
  children: JSX.Element;
}): JSX.Element {
  const isMultiple = () => props.multiple ?? false;
  const onChange: JSX.ChangeEventHandler<HTMLInputElement, Event> = ({ currentTarget }) => {
    const files = [...(currentTarget.files ?? [])];
    // Emptied, so that choosing the same file once more is a change again.
    currentTarget.value = '';
    if (files.length > 0) props.choose(files);
  };
  // The browser's picker gives a file that the page can go on with after a reload; the input gives one for this time.
  let isPicker = canPickFile();
  const onClick: JSX.EventHandler<HTMLInputElement, MouseEvent> = async (event) => {
    if (!isPicker) return;
    const input = event.currentTarget;
    event.preventDefault();
    const picked = await pickFiles(isMultiple());
    if (picked.state === 'files') props.choose(picked.files);
    isPicker = picked.state !== 'unavailable';
    if (!isPicker) input.click();
  };
  return (
    <label class={props.class}>
      <input
        type="file"
        class="unseen"
        aria-label={props.name}
        multiple={isMultiple()}
        onClick={onClick}
        onChange={onChange}
      />
      {props.children}
    </label>
  );
}
