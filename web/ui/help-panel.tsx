import { type JSX, Show } from 'solid-js';
import type { SourceView } from '../state/file-source.ts';
import { numbers, words } from '../words/words.ts';
import { FileButton } from './file-button.tsx';
import type { OpenView } from './status.ts';

/** Joined by a link, reloaded, or with the wrong file: this device needs the upload's file. */
export function HelpPanel(props: {
  view: OpenView;
  source: SourceView;
  goOn: () => void;
  choose: (files: readonly File[]) => void;
  justWatch: () => void;
}): JSX.Element {
  const asks = () => (props.source.state === 'asks' ? props.source : undefined);
  const isOwner = () => props.view.role === 'owner';
  /** Undefined where this device has a file already, which is not the one: the line above says what is wrong with it. */
  const facts = () => {
    if (props.view.carrier) return undefined;
    const { sizeBytes } = props.view.file;
    return words.helpFacts(numbers.bytes(sizeBytes), numbers.exactBytes(sizeBytes), isOwner());
  };
  return (
    <section class="card help">
      <h2>{words.helpTitle(props.view.file.name, isOwner())}</h2>
      <Show when={sourceWords(props.source) ?? facts()}>{(text) => <p>{text()}</p>}</Show>
      <Show when={!isOwner() && !props.view.carrier}>
        <p class="small">{words.status.recompressed}</p>
      </Show>
      <div class="help-choose">
        <Show when={asks()}>
          {(source) => (
            <button type="button" class="button primary big" onClick={() => props.goOn()}>
              {words.source.goOn(source().name)}
            </button>
          )}
        </Show>
        <FileButton
          name={`${isOwner() ? words.goOnWithFile : words.helpWithFile}: ${words.chooseHere}`}
          class={asks() ? 'button big' : 'button primary big'}
          choose={props.choose}
        >
          {isOwner() ? words.goOnWithFile : words.helpWithFile}
          <span class="button-more">{words.chooseHere}</span>
        </FileButton>
        <Show when={!isOwner()}>
          <button type="button" class="button big" onClick={() => props.justWatch()}>
            {words.justWatch}
          </button>
        </Show>
        <span class="small only-mouse">{words.orDrop}</span>
      </div>
    </section>
  );
}

/** What is known of the file that this device had. Undefined: nothing that would help. */
function sourceWords(source: SourceView): string | undefined {
  switch (source.state) {
    case 'asks':
      return words.source.asks(source.name);
    case 'forgotten':
      return words.source.forgotten(
        source.name,
        numbers.bytes(source.sizeBytes),
        numbers.exactBytes(source.sizeBytes),
        numbers.dateTime(source.modifiedAtMs),
      );
    case 'away':
      // By the name of the browser's error.
      if (source.reason === 'NotFoundError') return words.source.moved(source.name);
      if (source.reason === 'NotAllowedError') return words.source.forbidden(source.name);
      return words.source.away(source.name);
    case 'lost':
      return words.source.lost(source.name);
    case 'changed':
      return words.source.changed(source.name, numbers.exactBytes(source.sizeBytes));
    default:
      return undefined;
  }
}
