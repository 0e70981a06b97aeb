import { createEffect, createMemo, createSignal, type JSX, onCleanup, Show } from 'solid-js';
import type { Role } from '../../protocol/messages/common.ts';
import type { KeptLink } from '../browser/journal.ts';
import { newSecret } from '../browser/secrets.ts';
import { isFirstTakenBack, newestOf, overBy, stillGood, withLinks } from '../state/given-links.ts';
import { atOrigin } from '../state/lan-address.ts';
import { linkOf } from '../state/links.ts';
import type { OpenUpload } from '../state/open-upload.ts';
import { peopleWords } from '../words/people-and-links.ts';
import { sharingWords } from '../words/sharing.ts';
import { words } from '../words/words.ts';
import { CopyField } from './copy-field.tsx';
import { createLanOrigin } from './lan-origin.ts';
import { later } from './later.ts';
import { LinksPanel, sayOf } from './links-panel.tsx';

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
  const { links } = props.open.upload;
  const [known, setKnown] = createSignal(links.all());
  onCleanup(links.onChange(() => setKnown(links.all())));
  const [madeNow, setMadeNow] = createSignal<readonly KeptLink[]>([]);
  /** By another tab of this browser too; and what is made where nothing is kept, for as long as this page is open. */
  const made = () => withLinks(props.open.keptLinks(), madeNow());
  const [said, setSaid] = createSignal('');
  let panel: HTMLElement | undefined;

  // An owner who came by a link of their own, or by signing in, has no link for others: theirs would make owners.
  const isMaker = () => props.role === 'owner' && props.open.links.watch !== undefined;
  const isOver = (role: 'helper' | 'watcher') =>
    isMaker() && isFirstTakenBack(known(), role, props.open.upload.board()?.info.createdAtMs);
  const good = createMemo(
    () => {
      // Told anew every second: a link runs out by itself.
      props.open.view();
      return stillGood(made(), known(), props.serverNowMs());
    },
    undefined,
    { equals: (before, now) => before.length === now.length && now.every((one, i) => one === before[i]) },
  );
  const keep = (link: KeptLink) => {
    props.open.changeKeptLinks((links) => [...links, link]);
    setMadeNow((links) => [...links, link]);
  };
  createEffect(() => {
    good();
    const isOver = overBy(known(), props.serverNowMs());
    if (props.open.keptLinks().some(isOver))
      props.open.changeKeptLinks((links) => links.filter((link) => !isOver(link)));
  });
  const given = () => {
    const one = good().findLast(({ isFirst }) => isFirst);
    return one && linkOf(location.href, one.secret);
  };
  // A watcher came by a link to watch, and that is all it can pass on.
  const help = () => {
    if (props.role === 'watcher' || (props.role === 'owner' && !isMaker())) return undefined;
    return reachable(isOver('helper') ? given() : props.open.links.help);
  };
  const watch = () => {
    if (props.role === 'watcher') return reachable(props.open.links.help);
    return isOver('watcher') ? undefined : reachable(props.open.links.watch);
  };
  /** Who comes back to it finds the link alone; whoever saw the end keeps all of it where it was. */
  const isSmall = createMemo<boolean>((before) => before && props.isComplete, true);
  const makeAgain = async () => {
    const secret = newSecret();
    const name = peopleWords().helpAgainName;
    const change = await links.make({ secret, role: 'helper', name });
    setSaid(sayOf(change, peopleWords().madeLink(name)));
    const share = change.state === 'done' ? newestOf(links.all(), 'helper', name) : undefined;
    if (!share) return;
    keep({ share, secret, isFirst: true });
    // The button that was pressed has gone.
    panel?.focus({ preventScroll: true });
  };
  const opened = () => {
    const view = props.open.view();
    return view.state === 'open' ? view : undefined;
  };
  const title = () => {
    if (props.role === 'watcher') return words.shareToWatch;
    return props.isComplete ? sharingWords().shareDone : words.share;
  };
  return (
    <section ref={panel} class="card share" id="share" tabindex="-1" aria-label={title()}>
      <Show when={help()}>
        {(link) => (
          <>
            <h2>{title()}</h2>
            <Show when={!isSmall()}>
              <p classList={{ gone: props.isComplete }}>{sharingWords().shareWords}</p>
              <div class="qr-place">
                <Qr text={link()} name={sharingWords().qr(props.name)} />
              </div>
            </Show>
            <CopyField name={sharingWords().helpLink} button={sharingWords().copyLink} text={link()} />
            <ShareSheetButton name={props.name} link={link()} />
            <Show when={!isSmall()}>
              <p class="small" classList={{ gone: props.isComplete }}>
                {sharingWords().secretWords}
              </p>
            </Show>
          </>
        )}
      </Show>
      <Show when={isOver('helper') && !help() && !props.isComplete}>
        <h2>{words.share}</h2>
        <p>{peopleWords().helpTakenBack}</p>
        <button type="button" class="button" onClick={() => void makeAgain()}>
          {peopleWords().helpAgain}
        </button>
      </Show>
      <p class="small share-said" role="status">
        {said()}
      </p>
      <Show when={props.role === 'owner' && opened()}>
        {(view) => (
          <LinksPanel
            upload={props.open.upload}
            all={known() ?? []}
            made={good()}
            keep={keep}
            devices={view().devices}
            nowMs={props.serverNowMs}
            reachable={(link) => reachable(link) ?? link}
          />
        )}
      </Show>
      <Show when={lan()}>{(origin) => <p class="small">{sharingWords().lan(origin())}</p>}</Show>
      <Show when={watch()}>
        {(link) => (
          <div class="share-watch">
            <CopyField
              name={sharingWords().watchLink}
              button={sharingWords().copyWatchLink}
              short={sharingWords().copyShort}
              text={link()}
            />
            <p class="small">{sharingWords().watchWords}</p>
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
      .share({ title: props.name, text: sharingWords().shareText(props.name), url: props.link })
      .catch(() => {});
  return (
    <Show when={isPossible}>
      <button type="button" class="button" onClick={() => void share()}>
        {sharingWords().shareVia}
      </button>
    </Show>
  );
}
