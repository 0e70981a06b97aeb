import { createSignal, createUniqueId, type JSX, onMount } from 'solid-js';
import { MAX_DEVICE_NAME_LENGTH } from '../../protocol/limits.ts';
import { words } from '../words/words.ts';

/** What this device is called on all boards. */
export function RenameField(props: {
  name: string;
  save: (name: string) => void;
  cancel: () => void;
}): JSX.Element {
  const id = createUniqueId();
  const [name, setName] = createSignal(props.name);
  let field: HTMLInputElement | undefined;
  onMount(() => field?.select());
  return (
    <form
      class="rename"
      onSubmit={(event) => {
        event.preventDefault();
        const next = name().trim();
        if (next && next !== props.name) props.save(next);
        else props.cancel();
      }}
      onKeyDown={(event) => event.key === 'Escape' && props.cancel()}
    >
      <label class="unseen" for={id}>
        {words.renameField}
      </label>
      <input
        id={id}
        ref={field}
        class="field"
        type="text"
        autocomplete="off"
        maxlength={MAX_DEVICE_NAME_LENGTH}
        value={name()}
        onInput={({ currentTarget }) => setName(currentTarget.value)}
      />
      <button type="submit" class="button primary">
        {words.save}
      </button>
      <button type="button" class="button" onClick={() => props.cancel()}>
        {words.cancel}
      </button>
    </form>
  );
}
