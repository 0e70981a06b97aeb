import { For, type JSX, Show } from 'solid-js';
import { uploadHash } from '../../protocol/addresses.ts';
import type { Account } from '../state/account.ts';
import { peopleWords } from '../words/people-and-links.ts';
import { language, numbers } from '../words/words.ts';
import { MailOffer } from './mail-offer.tsx';

/** As in the list of what was begun here. */
const SIGNS = {
  open: 'running',
  finishing: 'running',
  finished: 'finished',
  aborted: 'ended',
} as const;

/** Signing in, which nobody has to; and the uploads that somebody made elsewhere. */
export function AccountPanel(props: { account: Account; isHere: (upload: string) => boolean }): JSX.Element {
  const name = () => {
    const state = props.account.state();
    return state.state === 'in' ? state.name : undefined;
  };
  const out = () => {
    const state = props.account.state();
    return state.state === 'out' ? state : undefined;
  };
  const elsewhere = () => props.account.uploads().filter(({ upload }) => !props.isHere(upload));
  return (
    <section class="account-panel" aria-label={peopleWords().signIn}>
      <Show when={out()}>
        {(state) => (
          <div class="account">
            <button type="button" class="button" onClick={() => props.account.signIn(language())}>
              {peopleWords().signIn}
            </button>
            <p class="small" role="status">
              {state().hasFailed ? peopleWords().signInFailed : ''}
            </p>
          </div>
        )}
      </Show>
      <Show when={name() !== undefined}>
        <div class="account">
          <span>
            <bdi>{peopleWords().signedInAs(name() ?? '')}</bdi>
          </span>
          <button type="button" class="button" onClick={() => props.account.signOut()}>
            {peopleWords().signOut}
          </button>
        </div>
        <MailOffer account={props.account} />
        <Show when={elsewhere().length > 0}>
          <h2>{peopleWords().elsewhere}</h2>
          <ul class="card upload-list" aria-label={peopleWords().elsewhere}>
            <For each={elsewhere()}>
              {(one) => (
                <li class="upload" data-state={SIGNS[one.state.state]}>
                  <a class="upload-link" href={uploadHash(one.upload)}>
                    <span class="upload-sign" aria-hidden="true" />
                    <bdi class="upload-name" title={one.file.name}>
                      {one.file.name}
                    </bdi>
                    <span class="upload-facts small">{numbers.bytes(one.file.sizeBytes)}</span>
                    <span class="upload-summary small">{peopleWords().states[one.state.state]}</span>
                  </a>
                </li>
              )}
            </For>
          </ul>
        </Show>
      </Show>
    </section>
  );
}
