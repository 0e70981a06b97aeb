import type { JSX } from 'solid-js';
import { words } from '../words/words.ts';

/** A page with one thing to say, and what to do about it. */
export function MessageView(props: {
  tone: 'waiting' | 'problem';
  title: string;
  text: string;
  /** What was kept, or is being done about it. Read out when it comes. */
  more?: string;
  children: JSX.Element;
}): JSX.Element {
  return (
    <main class="message" id="main" data-tone={props.tone}>
      <span class="message-sign" aria-hidden="true" />
      <h1 tabindex="-1">{props.title}</h1>
      <p>{props.text}</p>
      <p class="soft" role="status">
        {props.more}
      </p>
      <div class="message-actions">{props.children}</div>
    </main>
  );
}

/** Until the server has answered. */
export function OpeningView(props: { trouble: string; home: () => void }): JSX.Element {
  return (
    <MessageView tone="waiting" title={words.opening} text={words.openingWords} more={props.trouble}>
      <button type="button" class="button" onClick={() => props.home()}>
        {words.backToStart}
      </button>
    </MessageView>
  );
}

/** The server will not talk to this page: mostly because the page is an old one. */
export function ClosedView(props: { error: { kind: keyof typeof words.errors } }): JSX.Element {
  const isOld = () => props.error.kind === 'wrong-version';
  return (
    <MessageView
      tone="problem"
      title={isOld() ? words.oldPageTitle : words.closedTitle}
      text={words.errors[props.error.kind]}
    >
      <button type="button" class="button primary" onClick={() => location.reload()}>
        {words.reload}
      </button>
    </MessageView>
  );
}
