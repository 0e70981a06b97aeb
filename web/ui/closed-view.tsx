import type { JSX } from 'solid-js';
import type { ProtocolError } from '../../protocol/messages/error.ts';
import { words } from './words.ts';

/** The server will not talk to this page: mostly because the page is an old one. */
export function ClosedView(props: { error: ProtocolError }): JSX.Element {
  const isOld = () => props.error.kind === 'wrong-version';
  return (
    <main class="message">
      <h1 tabindex="-1">{isOld() ? words.oldPageTitle : words.closedTitle}</h1>
      <p>{isOld() ? words.oldPage : props.error.message}</p>
      <button type="button" class="button primary" onClick={() => location.reload()}>
        {words.reload}
      </button>
    </main>
  );
}
