import { createUniqueId, type JSX, onMount, Show } from 'solid-js';
import { peopleWords } from '../words/people-and-links.ts';

/** Takes a link back, once that was confirmed: it cuts devices off. */
export function TakeBack(props: {
  name: string;
  isAsking: boolean;
  ask: (isAsking: boolean) => void;
  takeBack: () => void;
}): JSX.Element {
  let button: HTMLButtonElement | undefined;
  const keep = () => {
    props.ask(false);
    button?.focus({ preventScroll: true });
  };
  return (
    <Show
      when={props.isAsking}
      fallback={
        <button
          type="button"
          ref={button}
          class="button"
          aria-label={peopleWords().takeBack(props.name)}
          onClick={() => props.ask(true)}
        >
          {peopleWords().takeBackShort}
        </button>
      }
    >
      <Question name={props.name} yes={props.takeBack} no={keep} />
    </Show>
  );
}

function Question(props: { name: string; yes: () => void; no: () => void }): JSX.Element {
  const id = createUniqueId();
  let keep: HTMLButtonElement | undefined;
  // What destroys nothing comes first.
  onMount(() => keep?.focus({ preventScroll: true }));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div
      class="links-sure"
      role="group"
      aria-labelledby={id}
      onKeyDown={(event) => event.key === 'Escape' && props.no()}
    >
      <p id={id}>{peopleWords().takeBackSure(props.name)}</p>
      <button type="button" ref={keep} class="button" aria-describedby={id} onClick={() => props.no()}>
        {peopleWords().takeBackNo}
      </button>
      <button type="button" class="button danger" onClick={() => props.yes()}>
        {peopleWords().takeBackYes}
      </button>
    </div>
  );
}
