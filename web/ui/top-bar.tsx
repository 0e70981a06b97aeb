import { For, type JSX } from 'solid-js';
import { chooseLanguage, LANGUAGES, type Language, language, words } from '../words/words.ts';

/** The way home, and the language. */
export function TopBar(props: { home: () => void }): JSX.Element {
  return (
    <header class="top-bar">
      <a
        class="brand"
        href="./"
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          props.home();
        }}
      >
        <Mark />
        {words.product}
      </a>
      <label class="language">
        <span class="unseen">{words.language}</span>
        <select
          class="field"
          value={language()}
          onChange={({ currentTarget }) => void chooseLanguage(currentTarget.value as Language)}
        >
          <For each={Object.entries(LANGUAGES)}>
            {([code, name]) => (
              <option value={code} lang={code}>
                {name}
              </option>
            )}
          </For>
        </select>
      </label>
    </header>
  );
}

/** Three streams that become one. */
function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <g fill="none" stroke-width="4" stroke-linecap="round">
        <path d="M5 27C5 19 16 19 16 12" stroke="#2f7de1" />
        <path d="M27 27C27 19 16 19 16 12" stroke="#d9700a" />
        <path d="M16 28V4" stroke="#1f9d61" />
      </g>
    </svg>
  );
}
