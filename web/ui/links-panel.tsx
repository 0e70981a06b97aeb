import { createMemo, createSignal, For, type JSX, onCleanup, onMount, Show, Suspense } from 'solid-js';
import type { Role } from '../../protocol/messages/common.ts';
import type { ShareInfo } from '../../protocol/messages/share.ts';
import { newSecret } from '../browser/secrets.ts';
import type { LinkChange } from '../engine/links.ts';
import type { Upload, UploadView } from '../engine/upload.ts';
import { linkOf } from '../state/links.ts';
import { linkName, peopleWords, whoWords } from '../words/people-and-links.ts';
import { numbers, words } from '../words/words.ts';
import { CopyField } from './copy-field.tsx';
import { later } from './later.ts';

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
  devices: Devices;
  nowMs: () => number;
  reachable: (link: string) => string;
}): JSX.Element {
  const [all, setAll] = createSignal(props.upload.links.all() ?? []);
  const [made, setMade] = createSignal<string>();
  const [said, setSaid] = createSignal('');
  onCleanup(props.upload.links.onChange(() => setAll(props.upload.links.all() ?? [])));
  onMount(() => void props.upload.links.ask());

  const tell = (change: LinkChange): boolean => {
    if (change.state === 'done') setSaid('');
    else setSaid(change.state === 'refused' ? words.errors[change.error.kind] : peopleWords().notAnswered);
    return change.state === 'done';
  };
  const make = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const data = new FormData(form);
    const lifeMs = LIVES[data.get('life') as keyof typeof LIVES];
    const limitBytes = Math.round(Number(data.get('limit')) * GB);
    const secret = newSecret();
    const change = await props.upload.links.make({
      secret,
      role: data.get('role') as Role,
      name: String(data.get('name')).trim(),
      ...(lifeMs === undefined ? {} : { lifeMs }),
      ...(limitBytes >= 1 ? { limitBytes } : {}),
    });
    if (!tell(change)) return;
    setMade(props.reachable(linkOf(location.href, secret)));
    form.reset();
  };
  const revoke = async (share: string) => tell(await props.upload.links.revoke(share));

  return (
    <details class="links">
      <summary>{peopleWords().links}</summary>
      <p class="small">{peopleWords().linksWords}</p>
      <ul aria-label={peopleWords().links}>
        <For each={all()}>
          {(share) => (
            <LinkRow
              share={share}
              devices={props.devices}
              nowMs={props.nowMs}
              revoke={() => void revoke(share.share)}
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
      <Show when={made()}>
        {(link) => (
          <>
            <div class="qr-place">
              <Suspense>
                <Qr text={link()} name={peopleWords().newLink} />
              </Suspense>
            </div>
            <CopyField name={peopleWords().newLink} button={peopleWords().copy} text={link()} />
          </>
        )}
      </Show>
      <p class="small" role="status">
        {said()}
      </p>
    </details>
  );
}

function LinkRow(props: {
  share: ShareInfo;
  devices: Devices;
  nowMs: () => number;
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
      <Show when={!props.share.isMakers && !isOver()}>
        <button
          type="button"
          class="button"
          aria-label={peopleWords().takeBack(linkName(props.share))}
          onClick={() => props.revoke()}
        >
          {peopleWords().takeBackShort}
        </button>
      </Show>
    </li>
  );
}
