import type { JSX } from 'solid-js';
import type { ProtocolError } from '../../protocol/messages/error.ts';
import { refusedWords, words } from './words.ts';

/** A link that opens nothing, or a file that no upload can be made of. */
export function RefusedView(props: { error: ProtocolError; home: () => void }): JSX.Element {
  const isLink = () => props.error.kind === 'not-admitted';
  return (
    <main class="message">
      <h1 tabindex="-1">{isLink() ? words.refusedTitle : words.createRefusedTitle}</h1>
      <p>{refusedWords(props.error)}</p>
      <button type="button" class="button primary" onClick={() => props.home()}>
        {words.backToStart}
      </button>
    </main>
  );
}
