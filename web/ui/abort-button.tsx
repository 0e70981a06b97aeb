import { createSignal, type JSX, Show, Suspense } from 'solid-js';
import type { Upload } from '../engine/upload.ts';
import { words } from '../words/words.ts';
import { later } from './later.ts';

const AbortDialog = later(
  () => import('./abort-dialog.tsx'),
  ({ AbortDialog }) => AbortDialog,
);

/** Ends the upload for everybody, once it was confirmed. */
export function AbortButton(props: { upload: Upload }): JSX.Element {
  const [isAsking, setAsking] = createSignal(false);
  return (
    <>
      <button type="button" class="button danger" onClick={() => setAsking(true)}>
        {words.abort}
      </button>
      <Show when={isAsking()}>
        <Suspense>
          <AbortDialog upload={props.upload} close={() => setAsking(false)} />
        </Suspense>
      </Show>
    </>
  );
}
