import { createMemo, type JSX, Match, Show, Switch } from 'solid-js';
import type { App, OpenUpload } from '../state/app.ts';
import { Actions } from './actions.tsx';
import { DeviceList } from './device-list.tsx';
import { DownloadButton } from './download-button.tsx';
import { formatBytes } from './format.ts';
import { Grid } from './grid.tsx';
import { HelpPanel } from './help-panel.tsx';
import { OpeningView } from './opening-view.tsx';
import { ProgressPanel } from './progress-panel.tsx';
import { RefusedView } from './refused-view.tsx';
import { SharePanel } from './share-panel.tsx';
import { isCarrying, mayChooseFile, statusOf } from './status.ts';
import { StatusLine } from './status-line.tsx';
import { roleWords } from './words.ts';

/** One upload: its board, this device's part in it, and the way to bring in others. */
export function BoardView(props: {
  app: App;
  open: OpenUpload;
  isUnreachable: boolean;
  chosen: File | undefined;
  choose: (file: File) => void;
}): JSX.Element {
  const opened = createMemo(() => {
    const view = props.open.view();
    return view.state === 'open' ? view : undefined;
  });
  const refusal = createMemo(() => {
    const view = props.open.view();
    return view.state === 'refused' ? view.error : undefined;
  });
  return (
    <Switch fallback={<OpeningView isUnreachable={props.isUnreachable} home={props.app.home} />}>
      <Match when={refusal()}>{(error) => <RefusedView error={error()} home={props.app.home} />}</Match>
      <Match when={opened()}>
        {(view) => {
          const chosen = () => props.chosen && { name: props.chosen.name, sizeBytes: props.chosen.size };
          const status = createMemo(() =>
            statusOf({
              view: view(),
              isUnreachable: props.isUnreachable,
              knownParts: props.open.upload.board()?.replica.knownParts() ?? 0,
              chosen: chosen(),
            }),
          );
          return (
            <main class="board">
              <header class="board-head">
                <h1 tabindex="-1" title={view().file.name}>
                  {view().file.name}
                </h1>
                <p class="soft">
                  {formatBytes(view().file.sizeBytes)},{' '}
                  {roleWords(view().role, view().phase.state === 'open', isCarrying(view()))}
                </p>
              </header>
              <div class="board-main">
                <ProgressPanel view={view()} />
                <StatusLine status={status()} />
                <Show when={view().role === 'owner' && view().phase.state === 'finished'}>
                  <DownloadButton upload={props.open.upload} />
                </Show>
                <Show when={mayChooseFile(view())}>
                  <HelpPanel
                    view={view()}
                    source={props.open.source()}
                    goOn={props.open.goOn}
                    choose={props.choose}
                  />
                </Show>
                <Grid open={props.open} serverNowMs={props.app.serverNowMs} />
                <DeviceList view={view()} doneByOthers={doneByOthers(props.open, view().doneParts)} />
              </div>
              <div class="board-side">
                <Show when={view().phase.state !== 'aborted'}>
                  <SharePanel
                    links={props.open.links}
                    role={view().role}
                    name={view().file.name}
                    isComplete={view().phase.state === 'finished'}
                  />
                </Show>
                <Actions view={view()} upload={props.open.upload} home={props.app.home} />
              </div>
            </main>
          );
        }}
      </Match>
    </Switch>
  );
}

/** `doneParts` is only what makes this worth asking again. */
function doneByOthers(open: OpenUpload, doneParts: number): number {
  return doneParts === 0 ? 0 : (open.upload.board()?.replica.doneByDevice().get(0) ?? 0);
}
