import { type JSX, Show } from 'solid-js';
import type { Status } from './status.ts';
import { words } from './words.ts';

/** What this device is doing, or why it is not uploading. */
export function StatusLine(props: { status: Status }): JSX.Element {
  return (
    <div class="status" data-tone={props.status.tone}>
      <span class="status-sign" aria-hidden="true" />
      <div>
        <p role="status" aria-label={words.thisDeviceStatus}>
          {props.status.text}
        </p>
        <Show when={props.status.advice}>{(advice) => <p class="small">{advice()}</p>}</Show>
      </div>
    </div>
  );
}
