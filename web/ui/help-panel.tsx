import { type JSX, Show } from 'solid-js';
import type { UploadView } from '../engine/upload.ts';
import type { SourceView } from '../state/file-source.ts';
import { FileButton } from './file-button.tsx';
import { goOnWords, helpTitle, helpWords, RECOMPRESSED, sourceWords, words } from './words.ts';

/** Joined by a link, reloaded, or with the wrong file: this device needs the upload's file. */
export function HelpPanel(props: {
  view: Extract<UploadView, { state: 'open' }>;
  source: SourceView;
  goOn: () => void;
  choose: (file: File) => void;
}): JSX.Element {
  const asks = () => (props.source.state === 'asks' ? props.source : undefined);
  return (
    <section class="panel help">
      <h2>{helpTitle(props.view.file.name, props.view.role)}</h2>
      <p>{sourceWords(props.source) ?? helpWords(props.view.role, props.view.file.sizeBytes)}</p>
      <p class="help-choose">
        <Show when={asks()}>
          {(source) => (
            <button type="button" class="button primary" onClick={() => props.goOn()}>
              {goOnWords(source().name)}
            </button>
          )}
        </Show>
        <FileButton
          name={words.chooseHere}
          class={asks() ? 'button' : 'button primary'}
          choose={props.choose}
        >
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
