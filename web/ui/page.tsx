import { createEffect, createMemo, createSignal, type JSX, Match, on, Show, Switch } from 'solid-js';
import type { App } from '../state/app.ts';
import { BoardView } from './board-view.tsx';
import { ClosedView } from './closed-view.tsx';
import { createCompletionNotice } from './completion.ts';
import { createDropAnywhere, dropWords, readDrop } from './intake.ts';
import { createNotices, NoticeList } from './notices.tsx';
import { StartView } from './start-view.tsx';
import { mayChooseFile } from './status.ts';
import { createTitle } from './title.ts';
import { createUnreachable } from './unreachable.ts';
import { NOT_NOW, words } from './words.ts';

/** The whole page: the start, or the board that the address names. */
export function Page(props: { app: App }): JSX.Element {
  const notices = createNotices();
  const [chosen, setChosen] = createSignal<File>();
  const isUnreachable = createUnreachable(() => props.app.connection());
  createTitle(() => props.app.current());
  createCompletionNotice(props.app, notices.say);

  const closedFor = () => {
    const status = props.app.connection();
    return status.state === 'closed' ? status.error : undefined;
  };
  const takes = (): 'start' | 'help' | 'nothing' => {
    const open = props.app.current();
    if (!open) return 'start';
    const view = open.view();
    return view.state === 'open' && mayChooseFile(view) ? 'help' : 'nothing';
  };
  const choose = (file: File) => {
    setChosen(() => file);
    if (takes() === 'start') props.app.start(file);
    else props.app.help(file);
  };
  const isOver = createDropAnywhere((data) => {
    if (takes() === 'nothing') return notices.say(NOT_NOW);
    const dropped = readDrop(data);
    const text = dropWords(dropped);
    if (text) notices.say(text);
    if (dropped.state === 'file') choose(dropped.file);
  });

  // The view was changed under whoever reads it aloud or tabs through it: its heading is the place to go on.
  const shownView = createMemo(() => props.app.current()?.view().state);
  createEffect(
    on(
      [() => props.app.current(), shownView],
      () => document.querySelector('h1')?.focus({ preventScroll: true }),
      { defer: true },
    ),
  );

  return (
    <div class="page">
      <Switch fallback={<StartView app={props.app} isUnreachable={isUnreachable()} choose={choose} />}>
        <Match when={closedFor()}>{(error) => <ClosedView error={error()} />}</Match>
        <Match when={props.app.current()} keyed>
          {(open) => (
            <BoardView
              app={props.app}
              open={open}
              isUnreachable={isUnreachable()}
              chosen={chosen()}
              choose={choose}
            />
          )}
        </Match>
      </Switch>
      <Show when={isOver() && takes() !== 'nothing'}>
        <div class="drop-veil">{takes() === 'help' ? words.dropToHelp : words.dropNow}</div>
      </Show>
      <NoticeList notices={notices} />
    </div>
  );
}
