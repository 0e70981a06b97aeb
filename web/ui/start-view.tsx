import { type JSX, Show, Suspense } from 'solid-js';
import type { App } from '../state/app.ts';
import { uploadInHash } from '../state/links.ts';
import { words } from '../words/words.ts';
import { FileButton } from './file-button.tsx';
import { FolderButton } from './folder-button.tsx';
import { later } from './later.ts';
import { unreachableWords } from './unreachable.ts';

/** A chunk of its own: nobody has to sign in. */
const AccountPanel = later(
  () => import('./account.tsx'),
  ({ AccountPanel }) => AccountPanel,
);

/** A chunk of its own: whoever opens a link, or is here for the first time, has no use for it yet. */
const UploadList = later(
  () => import('./upload-list.tsx'),
  ({ UploadList }) => UploadList,
);

/** No upload open: one place for files, and the uploads that this browser has in hand. */
export function StartView(props: {
  app: App;
  isUnreachable: boolean;
  isOffline: boolean;
  choose: (files: readonly File[]) => void;
}): JSX.Element {
  const hasBrokenLink = () => location.hash.length > 1 && !uploadInHash(location.hash);
  const trouble = () => {
    if (hasBrokenLink()) return words.brokenLink;
    if (props.isOffline) return words.offline;
    return props.isUnreachable ? unreachableWords(props.app.connection(), words.unreachableAtStart) : '';
  };
  return (
    <main class="start" id="main">
      <div class="start-head">
        <h1 tabindex="-1">{words.product}</h1>
        <p class="lead">{words.what}</p>
      </div>
      <p class="banner" data-tone="problem" role="status">
        {trouble()}
      </p>
      <div class="drop-zone">
        <svg class="drop-zone-sign" viewBox="0 0 64 64" aria-hidden="true">
          <g fill="none" stroke-width="5" stroke-linecap="round" stroke-linejoin="round">
            <path d="M10 56C10 40 32 42 32 26" stroke="#2f7de1" />
            <path d="M54 56C54 40 32 42 32 26" stroke="#d9700a" />
            <path d="M32 56V10" stroke="#1f9d61" />
            <path d="M20 20L32 8L44 20" stroke="currentColor" />
          </g>
        </svg>
        <div class="drop-zone-buttons">
          <FileButton
            name={`${words.chooseFile}, ${words.orSeveral}`}
            class="button primary big"
            multiple
            choose={props.choose}
          >
            {words.chooseFile}
            <span class="button-more">{words.orSeveral}</span>
          </FileButton>
          <FolderButton choose={props.choose} />
        </div>
        <p class="small only-mouse">{words.dropHint}</p>
        <p class="small">{words.tapHint}</p>
      </div>
      <Suspense>
        <UploadList app={props.app} isUnreachable={props.isUnreachable} />
      </Suspense>
      <Suspense>
        <Show when={props.app.account.state().state !== 'none'}>
          <AccountPanel account={props.app.account} isHere={props.app.isInHand} />
        </Show>
      </Suspense>
    </main>
  );
}
