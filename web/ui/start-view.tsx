import { For, type JSX, Show } from 'solid-js';
import type { App } from '../state/app.ts';
import { FileButton } from './file-button.tsx';
import { formatDateTime } from './format.ts';
import { madeWords, words } from './words.ts';

/** No upload open: one place for a file, and the uploads that were made here. */
export function StartView(props: {
  app: App;
  isUnreachable: boolean;
  choose: (file: File) => void;
}): JSX.Element {
  const hasBrokenLink = () => location.hash.length > 1;
  return (
    <main class="start">
      <header>
        <h1 tabindex="-1">{words.product}</h1>
        <p class="lead">{words.what}</p>
      </header>
      <p class="start-status" role="status">
        <Show when={props.isUnreachable}>{words.unreachableAtStart}</Show>
        <Show when={hasBrokenLink()}>{words.brokenLink}</Show>
      </p>
      <FileButton name={words.chooseFile} class="drop-zone" choose={props.choose}>
        <span class="drop-zone-sign" aria-hidden="true" />
        <span class="drop-zone-words">
          {words.chooseFile}
          <span class="only-mouse">{words.orDropHere}</span>
        </span>
        <span class="small">{words.chooseFileSmall}</span>
      </FileButton>
      <Show when={props.app.made().length > 0}>
        <section class="made">
          <h2>{words.made}</h2>
          <ul>
            <For each={props.app.made()}>
              {(entry) => (
                <li>
                  <a href={`#${entry.secrets.help}`}>
                    <span class="made-name" title={entry.name}>
                      {entry.name}
                    </span>
                    <span class="small">{madeWords(entry.sizeBytes, formatDateTime(entry.createdAtMs))}</span>
                  </a>
                </li>
              )}
            </For>
          </ul>
        </section>
      </Show>
    </main>
  );
}
