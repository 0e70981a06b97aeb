import { createEffect, createMemo, type JSX, Match, on, onMount, Show, Suspense, Switch } from 'solid-js';
import { chunk } from '../browser/chunk.ts';
import { onSharedFiles } from '../browser/service-worker.ts';
import type { App } from '../state/app.ts';
import { language, words } from '../words/words.ts';
import { createCompletionNotice } from './completion.ts';
import { createIntake, readFiles } from './intake.ts';
import { later } from './later.ts';
import { ClosedView } from './message-view.tsx';
import { NoticeList, say } from './notices.tsx';
import { createOffline } from './offline.ts';
import { StartView } from './start-view.tsx';
import { filesAreFor } from './status.ts';
import { createTitle } from './title.ts';
import { TopBar } from './top-bar.tsx';
import { createUnreachable } from './unreachable.ts';

const BOARD_AFTER_MS = 500;

/** A chunk of its own: loaded at once where the address asks for it, else while the person looks at the start. */
const loadBoard = chunk(() => import('./board-view.tsx'));
const BoardView = later(loadBoard, ({ BoardView }) => BoardView);

/** Begins to load what will be shown first. */
export function preloadView(hash: string): void {
  if (hash) void loadBoard();
}

/** The whole page: the start, or the board that the address names. */
export function Page(props: { app: App }): JSX.Element {
  const isUnreachable = createUnreachable(() => props.app.connection());
  const isOffline = createOffline(() => props.app.connection());
  createTitle(() => props.app.current());
  createCompletionNotice(props.app);
  createEffect(() => {
    document.documentElement.lang = language();
  });
  onMount(() => setTimeout(() => void loadBoard(), BOARD_AFTER_MS));

  const closedFor = () => {
    const status = props.app.connection();
    return status.state === 'closed' ? status.error : undefined;
  };
  const current = () => props.app.current()?.view();
  const takes = () => filesAreFor(current());
  const choose = (files: readonly File[]) => {
    const [file] = files;
    if (!file) return say(words.noFile);
    if (takes() === 'start') {
      props.app.start(files);
      if (files.length > 1) say(words.queued(files.length));
      return;
    }
    const view = current();
    if (takes() === 'beside') {
      props.app.startBeside(files);
      return say(words.queuedBeside(files.length));
    }
    if (view?.state !== 'open') return say(words.openingWords);
    // Among several, the one that looks like it.
    const fitting = files.find(({ name, size }) => name === view.file.name && size === view.file.sizeBytes);
    props.app.help(fitting ?? files.find(({ size }) => size === view.file.sizeBytes) ?? file);
    if (files.length > 1) say(words.oneFileToHelp(view.file.name));
  };
  const isOver = createIntake((data) => void readFiles(data).then(choose));
  const veil = () =>
    ({ start: words.dropNow, help: words.dropToHelp, beside: words.dropBeside, nobody: '' })[takes()];

  onMount(() =>
    onSharedFiles((files) => {
      choose(files);
      say(words.sharedIn(files.length));
    }),
  );

  // The view was changed under whoever reads it aloud or tabs through it: its heading is the place to go on.
  const shownView = createMemo(() => props.app.current()?.view().state);
  createEffect(
    on(
      [() => props.app.current(), shownView],
      async () => {
        // The first time its code may still be on the way.
        if (props.app.current()) await loadBoard();
        requestAnimationFrame(() => {
          document.querySelector('h1')?.focus({ preventScroll: true });
          window.scrollTo({ top: 0 });
        });
      },
      { defer: true },
    ),
  );

  return (
    <>
      <button type="button" class="skip" onClick={toMain}>
        {words.skipToMain}
      </button>
      <TopBar home={props.app.home} />
      <div class="page">
        <Suspense>
          <Switch
            fallback={
              <StartView
                app={props.app}
                isUnreachable={isUnreachable()}
                isOffline={isOffline()}
                choose={choose}
              />
            }
          >
            <Match when={closedFor()}>{(error) => <ClosedView error={error()} />}</Match>
            <Match when={props.app.current()} keyed>
              {(open) => (
                <BoardView
                  app={props.app}
                  open={open}
                  isUnreachable={isUnreachable()}
                  isOffline={isOffline()}
                  choose={choose}
                />
              )}
            </Match>
          </Switch>
        </Suspense>
      </div>
      <Show when={isOver() && takes() !== 'nobody'}>
        <div class="drop-veil">{veil()}</div>
      </Show>
      <NoticeList />
    </>
  );
}

/** No link: the address bar holds the upload's, and a place in the page must not replace it. */
function toMain(): void {
  document.querySelector('h1')?.focus();
}
