import { createMemo, For, type JSX, Show } from 'solid-js';
import type { App, InHand } from '../state/app.ts';
import { numbers, words } from '../words/words.ts';
import { summaryOf } from './summary.ts';

/** Every upload that this browser has to do with, and how it stands. */
export function UploadList(props: { app: App; isUnreachable: boolean }): JSX.Element {
  return (
    <section class="uploads">
      <h2>{words.uploads}</h2>
      <Show when={props.app.inHand().length > 0} fallback={<p class="empty soft">{words.uploadsEmpty}</p>}>
        <ul class="card upload-list" aria-label={words.uploads}>
          <For each={props.app.inHand()}>
            {(one) => <UploadRow app={props.app} one={one} isUnreachable={props.isUnreachable} />}
          </For>
        </ul>
      </Show>
    </section>
  );
}

function UploadRow(props: { app: App; one: InHand; isUnreachable: boolean }): JSX.Element {
  const summary = createMemo(() => {
    const { one } = props;
    const open = one.state === 'open' ? one.open : undefined;
    const waits = open !== undefined && props.app.waitsForTurn(open);
    const isInOtherTab = open !== undefined && props.app.otherTab(open) !== undefined;
    return summaryOf(one, waits, props.isUnreachable, isInOtherTab);
  });
  const facts = () => factsOf(props.one);
  const isSettled = () => !/running|waiting/.test(summary().state);
  return (
    <li class="upload" data-state={summary().state}>
      <UploadLink app={props.app} one={props.one}>
        <span class="upload-sign" aria-hidden="true" />
        <span class="upload-name" title={facts().name}>
          {facts().name}
        </span>
        <span class="upload-facts small">{facts().text}</span>
        <span class="upload-summary small">{summary().text}</span>
        <span class="upload-bar" aria-hidden="true">
          <span style={{ transform: `scaleX(${summary().share ?? 0})` }} />
        </span>
      </UploadLink>
      <Show when={isSettled() || props.one.state === 'queued'}>
        <button
          type="button"
          class="icon-button"
          aria-label={words.removeFromList(facts().name)}
          title={words.removeFromList(facts().name)}
          onClick={() => props.app.forget(props.one)}
        >
          ✕
        </button>
      </Show>
    </li>
  );
}

/** One that is begun is opened by its link; one that only waits is begun. */
function UploadLink(props: { app: App; one: InHand; children: JSX.Element }): JSX.Element {
  const secret = () => {
    const { one } = props;
    if (one.state === 'queued') return undefined;
    return one.entry?.secrets.help ?? (one.state === 'open' ? one.open.secret : undefined);
  };
  const start = () => props.one.state === 'queued' && props.app.startNow(props.one.file);
  return (
    <Show
      when={secret()}
      fallback={
        <button type="button" class="upload-link" title={words.startNow} onClick={start}>
          {props.children}
        </button>
      }
    >
      {(of) => (
        <a class="upload-link" href={`#${of()}`}>
          {props.children}
        </a>
      )}
    </Show>
  );
}

function factsOf(one: InHand): { name: string; text: string } {
  if (one.state === 'queued') return { name: one.file.name, text: numbers.bytes(one.file.size) };
  if (one.entry) {
    const { name, sizeBytes, createdAtMs } = one.entry;
    return { name, text: words.uploadsFacts(numbers.bytes(sizeBytes), numbers.dateTime(createdAtMs)) };
  }
  const view = one.state === 'open' ? one.open.view() : undefined;
  if (view?.state !== 'open') return { name: words.opening, text: '' };
  return { name: view.file.name, text: numbers.bytes(view.file.sizeBytes) };
}
