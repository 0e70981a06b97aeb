import { type JSX, Show } from 'solid-js';
import type { UploadView } from '../engine/upload.ts';
import { FileButton } from './file-button.tsx';
import { helpTitle, helpWords, RECOMPRESSED, words } from './words.ts';

/** Joined by a link, reloaded, or with the wrong file: this device needs the upload's file. */
export function HelpPanel(props: {
  view: Extract<UploadView, { state: 'open' }>;
  choose: (file: File) => void;
}): JSX.Element {
  return (
    <section class="panel help">
      <h2>{helpTitle(props.view.file.name, props.view.role)}</h2>
      <p>{helpWords(props.view.role, props.view.file.sizeBytes)}</p>
      <p class="help-choose">
        <FileButton name={words.chooseHere} class="button primary" choose={props.choose}>
          {words.chooseHere}
        </FileButton>
        <span class="small only-mouse">{words.orDrop}</span>
      </p>
      <Show when={props.view.role !== 'owner' && !props.view.carrier}>
        <p class="small">{RECOMPRESSED}</p>
      </Show>
    </section>
  );
}
