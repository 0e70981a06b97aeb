import type { JSX } from 'solid-js';
import { words } from './words.ts';

/** Until the server has answered. */
export function OpeningView(props: { isUnreachable: boolean; home: () => void }): JSX.Element {
  return (
    <main class="message">
      <h1 tabindex="-1">{words.opening}</h1>
      <p role="status">{props.isUnreachable ? words.unreachable : ''}</p>
      <button type="button" class="button" onClick={() => props.home()}>
        {words.backToStart}
      </button>
    </main>
  );
}
