import { createSignal, type JSX, Show } from 'solid-js';
import type { Account } from '../state/account.ts';
import { peopleWords } from '../words/people-and-links.ts';
import { language } from '../words/words.ts';

/** For whoever has signed in to a server that sends e-mail: whether they want one when an upload of theirs is complete. */
export function MailOffer(props: { account: Account }): JSX.Element {
  const [isAsking, setIsAsking] = createSignal(false);
  const [hasFailed, setHasFailed] = createSignal(false);
  const mail = () => {
    const state = props.account.state();
    return state.state === 'in' ? state.mail : undefined;
  };
  const ask = async (box: HTMLInputElement) => {
    setIsAsking(true);
    const isDone = await props.account.mailMe(box.checked, language());
    setIsAsking(false);
    setHasFailed(!isDone);
    // What the server has not taken is not so.
    box.checked = mail()?.isWanted ?? false;
  };
  return (
    <Show when={mail()}>
      {(known) => (
        <div class="mail-offer">
          <label>
            <input
              type="checkbox"
              checked={known().isWanted}
              disabled={isAsking()}
              onChange={({ currentTarget }) => void ask(currentTarget)}
            />
            <bdi>{peopleWords().mailMe(known().address)}</bdi>
          </label>
          <p class="small" role="status">
            {hasFailed() ? peopleWords().notAnswered : ''}
          </p>
        </div>
      )}
    </Show>
  );
}
