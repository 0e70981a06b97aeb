import type { JSX } from 'solid-js';
import { LinkEnd, type ProtocolError } from '../../protocol/messages/error.ts';
import { words } from '../words/words.ts';
import { MessageView } from './message-view.tsx';

/** A link that opens nothing (any more), or a file that no upload can be made of. */
export function RefusedView(props: {
  error: Pick<ProtocolError, 'kind' | 'value'>;
  home: () => void;
}): JSX.Element {
  const said = () => {
    const { kind, value } = props.error;
    const { refused } = words;
    if (kind === 'bad-size') return { ...refused.create, text: words.errors[kind] };
    const end = LinkEnd.safeParse(value);
    if (kind === 'not-admitted' && end.success) return refused[end.data];
    const title = kind === 'not-admitted' ? refused.unknown : refused.link;
    return { ...title, text: words.errors[kind] };
  };
  return (
    <MessageView tone="problem" title={said().title} text={said().text} more={said().more}>
      <button type="button" class="button primary" onClick={() => props.home()}>
        {words.backToStart}
      </button>
    </MessageView>
  );
}
