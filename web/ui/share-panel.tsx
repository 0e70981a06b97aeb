import { type JSX, Show } from 'solid-js';
import type { Role } from '../../protocol/messages/common.ts';
import type { OpenUpload } from '../state/open-upload.ts';
import { words } from '../words/words.ts';
import { CopyField } from './copy-field.tsx';
import { atOrigin, createLanOrigin } from './lan-origin.ts';
import { later } from './later.ts';
import { LinksPanel } from './links-panel.tsx';

/** A chunk of its own: the page is usable before its code is there. */
const Qr = later(
  () => import('./qr.tsx'),
  ({ Qr }) => Qr,
);

/** The way in for other devices. */
export function SharePanel(props: {
  open: OpenUpload;
  serverNowMs: () => number;
  role: Role;
  name: string;
  /** Complete: there is nothing left to help with, and the link only shows that. */
  isComplete: boolean;
}): JSX.Element {
  const lan = createLanOrigin(location.href);
  const reachable = (link: string | undefined) => {
    const origin = lan();
    return link !== undefined && origin !== undefined ? atOrigin(link, origin) : link;
  };
  // A watcher came by a link to watch, and that is all it can pass on.
  const help = () => {
    const { help: link, watch } = props.open.links;
    // An owner who came by a link of their own, or by signing in, has no link for others: theirs would make owners.
    const isOwnersOwn = props.role === 'owner' && watch === undefined;
    return props.role === 'watcher' || isOwnersOwn ? undefined : reachable(link);
  };
  const watch = () => reachable(props.role === 'watcher' ? props.open.links.help : props.open.links.watch);
  const opened = () => {
    const view = props.open.view();
    return view.state === 'open' ? view : undefined;
  };
  return (
    <section class="card share" id="share" tabindex="-1" aria-label={words.share}>
      <Show when={help()}>
        {(link) => (
          <>
            <h2>{props.isComplete ? words.shareDone : words.share}</h2>
            <Show when={!props.isComplete}>
              <p>{words.shareWords}</p>
              <div class="qr-place">
                <Qr text={link()} name={words.qr(props.name)} />
              </div>
            </Show>
            <CopyField name={words.helpLink} button={words.copyLink} text={link()} />
            <ShareSheetButton name={props.name} link={link()} />
            <Show when={!props.isComplete}>
              <p class="small">{words.secretWords}</p>
            </Show>
          </>
        )}
      </Show>
      <Show when={props.role === 'owner' && opened()}>
        {(view) => (
          <LinksPanel
            upload={props.open.upload}
            devices={view().devices}
            nowMs={props.serverNowMs}
            reachable={(link) => reachable(link) ?? link}
          />
        )}
      </Show>
      <Show when={lan()}>{(origin) => <p class="small">{words.lan(origin())}</p>}</Show>
      <Show when={watch()}>
        {(link) => (
          <div class="share-watch">
            <CopyField
              name={words.watchLink}
              button={words.copyWatchLink}
              short={words.copyShort}
              text={link()}
            />
            <p class="small">{words.watchWords}</p>
          </div>
        )}
      </Show>
    </section>
  );
}

/** The system's own way to pass a link on, where it has one. */
function ShareSheetButton(props: { name: string; link: string }): JSX.Element {
  const isPossible = typeof navigator.share === 'function';
  // Dismissing the sheet rejects: nothing was shared, and nothing is to be said.
  const share = () =>
    navigator
      .share({ title: props.name, text: words.shareText(props.name), url: props.link })
      .catch(() => {});
  return (
    <Show when={isPossible}>
      <button type="button" class="button" onClick={() => void share()}>
        {words.shareVia}
      </button>
    </Show>
  );
}
