import { type JSX, Show } from 'solid-js';
import type { Upload, UploadView } from '../engine/upload.ts';
import { AbortButton } from './abort-button.tsx';
import { isCarrying } from './status.ts';
import { words } from './words.ts';

/** What one may do with the upload from here. */
export function Actions(props: {
  view: Extract<UploadView, { state: 'open' }>;
  upload: Upload;
  home: () => void;
}): JSX.Element {
  const isOwner = () => props.view.role === 'owner';
  return (
    <section class="actions">
      <Show when={isCarrying(props.view)}>
        <button type="button" class="button" onClick={() => props.upload.detach()}>
          {words.stopHelping}
        </button>
      </Show>
      <button type="button" class="button" onClick={() => props.home()}>
        {words.backToStart}
      </button>
      <Show when={isOwner() && props.view.phase.state === 'open'}>
        <AbortButton upload={props.upload} />
      </Show>
    </section>
  );
}
