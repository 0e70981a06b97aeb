import type { JSX } from 'solid-js';

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
  return (
    <label class={props.class}>
      <input type="file" class="unseen" aria-label={props.name} onChange={onChange} />
      {props.children}
    </label>
  );
}
