import { createMemo, createSignal, For, type JSX, onMount, Show, Suspense } from 'solid-js';
import type { Role } from '../../protocol/messages/common.ts';
import type { ShareInfo } from '../../protocol/messages/share.ts';
import type { KeptLink } from '../browser/journal.ts';
import { newSecret } from '../browser/secrets.ts';
import type { LinkChange } from '../engine/links.ts';
import type { Upload, UploadView } from '../engine/upload.ts';
import { type GivenLink, newestOf } from '../state/given-links.ts';
import { linkOf } from '../state/links.ts';
import { linkName, peopleWords, whoWords } from '../words/people-and-links.ts';
import { numbers, words } from '../words/words.ts';
import { CopyField } from './copy-field.tsx';
import { later } from './later.ts';
import { TakeBack } from './take-back.tsx';

type Devices = Extract<UploadView, { state: 'open' }>['devices'];

const HOUR_MS = 3_600_000;
const LIVES = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, always: undefined } as const;
const GB = 1_000_000_000;

const Qr = later(
  () => import('./qr.tsx'),
  ({ Qr }) => Qr,
);

/** For owners: every link of the upload, who came by it, and the way to make one or to take it back. */
export function LinksPanel(props: {
  upload: Upload;
  /** The links as they are known. */
  all: readonly ShareInfo[];
  /** Those of them that were made here, with their secrets. */
  made: readonly KeptLink[];
  keep: (link: KeptLink) => void;
  devices: Devices;
  nowMs: () => number;
  reachable: (link: string) => string;
}): JSX.Element {
  const [open, setOpen] = createSignal<GivenLink>();
  /** The one that is to be taken back, once that is confirmed. */
  const [asked, setAsked] = createSignal<string>();
  const [said, setSaid] = createSignal('');
  let list: HTMLUListElement | undefined;
  let place: HTMLDivElement | undefined;
  onMount(() => void props.upload.links.ask());

  const shown = () => {
    const given = open();
    return given && props.made.some(({ share }) => share === given.share) ? given : undefined;
  };
  const show = ({ share, secret }: KeptLink, name: string) =>
    setOpen({ share, name, link: props.reachable(linkOf(location.href, secret)) });
  const showAgain = (kept: KeptLink, name: string) => {
    show(kept, name);
    place?.focus();
  };
  const tell = (change: LinkChange, done: string): boolean => {
    setSaid(sayOf(change, done));
    return change.state === 'done';
  };
  const make = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const data = new FormData(form);
    const lifeMs = LIVES[data.get('life') as keyof typeof LIVES];
    const limitBytes = Math.round(Number(data.get('limit')) * GB);
    const secret = newSecret();
    const role = data.get('role') as Role;
    const name = String(data.get('name')).trim();
    const change = await props.upload.links.make({
      secret,
      role,
      name,
      ...(lifeMs === undefined ? {} : { lifeMs }),
      ...(limitBytes >= 1 ? { limitBytes } : {}),
    });
    if (!tell(change, peopleWords().madeLink(name || peopleWords().newLink))) return;
    form.reset();
    const share = newestOf(props.upload.links.all(), role, name);
    if (share === undefined) return;
    props.keep({ share, secret });
    show({ share, secret }, peopleWords().newLink);
  };
  const revoke = async (share: ShareInfo) => {
    const change = await props.upload.links.revoke(share.share);
    setAsked(undefined);
    tell(change, peopleWords().tookBack(linkName(share)));
    // The button that was pressed has gone.
    list?.focus({ preventScroll: true });
  };

  return (
    <details class="links">
      <summary>{peopleWords().links}</summary>
      <p class="small">{peopleWords().linksWords}</p>
      <ul ref={list} tabindex="-1" aria-label={peopleWords().links}>
        <For each={props.all}>
          {(share) => (
            <LinkRow
              share={share}
              devices={props.devices}
              nowMs={props.nowMs}
              kept={props.made.find((one) => one.share === share.share)}
              show={showAgain}
              isAsking={asked() === share.share}
              ask={(isAsking) => setAsked(isAsking ? share.share : undefined)}
              revoke={() => void revoke(share)}
            />
          )}
        </For>
      </ul>
      <form class="links-form" aria-label={peopleWords().makeLink} onSubmit={(event) => void make(event)}>
        <label>
          {peopleWords().name}
          <input class="field" name="name" maxlength="64" placeholder={peopleWords().namePlaceholder} />
        </label>
        <label>
          {peopleWords().kind}
          <select class="field" name="role">
            <For each={['helper', 'watcher', 'owner'] as const}>
              {(role) => <option value={role}>{peopleWords().kinds[role]}</option>}
            </For>
          </select>
        </label>
        <label>
          {peopleWords().ends}
          <select class="field" name="life">
            <For each={['day', 'hour', 'week', 'always'] as const}>
              {(life) => <option value={life}>{peopleWords().lives[life]}</option>}
            </For>
          </select>
        </label>
        <label>
          {peopleWords().limit}
          <input class="field" name="limit" type="number" min="0.001" step="any" inputmode="decimal" />
        </label>
        <button type="submit" class="button">
          {peopleWords().makeLink}
        </button>
      </form>
      <div ref={place} class="links-shown" tabindex="-1">
        <Show when={shown()}>
          {(given) => (
            <>
              <div class="qr-place">
                <Suspense>
                  <Qr text={given().link} name={given().name} />
                </Suspense>
              </div>
              <CopyField name={given().name} button={peopleWords().copy} text={given().link} />
            </>
          )}
        </Show>
      </div>
      <p class="small" role="status">
        {said()}
      </p>
    </details>
  );
}

/** What became of a change: `done`, or what is wrong. */
export function sayOf(change: LinkChange, done: string): string {
  if (change.state === 'done') return done;
  return change.state === 'refused' ? words.errors[change.error.kind] : peopleWords().notAnswered;
}

function LinkRow(props: {
  share: ShareInfo;
  devices: Devices;
  nowMs: () => number;
  /** Its secret, where it was made here. */
  kept: KeptLink | undefined;
  show: (kept: KeptLink, name: string) => void;
  isAsking: boolean;
  ask: (isAsking: boolean) => void;
  revoke: () => void;
}): JSX.Element {
  const isOver = () => props.share.revokedAtMs !== undefined || props.share.expiresAtMs <= props.nowMs();
  const facts = createMemo(() => {
    const { share } = props;
    const said = peopleWords();
    const names = props.devices.filter((device) => device.share === share.share).map(({ name }) => name);
    const until =
      share.expiresAtMs <= props.nowMs() ? said.ended : said.until(numbers.dateTime(share.expiresAtMs));
    return [
      said.kinds[share.role],
      share.revokedAtMs === undefined ? until : said.revoked,
      ...(share.limitBytes === undefined
        ? []
        : [said.used(numbers.bytes(share.usedBytes ?? 0), numbers.bytes(share.limitBytes))]),
      whoWords([...new Set(names)]),
    ].join(' · ');
  });
  return (
    <li classList={{ 'is-over': isOver() }}>
      <bdi>{linkName(props.share)}</bdi>
      <span class="small">{facts()}</span>
      <Show when={!isOver()}>
        <div class="links-do">
          <Show when={!props.isAsking && props.kept}>
            {(kept) => (
              <button
                type="button"
                class="button"
                aria-label={peopleWords().showLink(linkName(props.share))}
                onClick={() => props.show(kept(), linkName(props.share))}
              >
                {peopleWords().showLinkShort}
              </button>
            )}
          </Show>
          <Show when={!props.share.isMakers}>
            <TakeBack
              name={linkName(props.share)}
              isAsking={props.isAsking}
              ask={props.ask}
              takeBack={props.revoke}
            />
          </Show>
        </div>
      </Show>
    </li>
  );
}
