import { type JSX, Show } from 'solid-js';
import { words } from '../words/words.ts';
import type { Status } from './status.ts';

/** What this device is doing, or why it is not uploading. */
export function StatusLine(props: {
  status: Status;
  /** What it says changes a lot: it has one height for all of it. */
  keepsRoom: boolean;
  children?: JSX.Element;
}): JSX.Element {
  return (
    <div class="status" classList={{ 'keeps-room': props.keepsRoom }} data-tone={props.status.tone}>
      <span class="status-sign" aria-hidden="true" />
      <div class="status-words">
        <p role="status" aria-label={words.thisDeviceStatus}>
          {props.status.text}
        </p>
        <Show when={props.status.advice}>{(advice) => <p class="small">{advice()}</p>}</Show>
      </div>
      <div class="status-actions">{props.children}</div>
    </div>
  );
}
