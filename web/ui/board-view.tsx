import { createMemo, createSignal, type JSX, Match, Show, Suspense, Switch } from 'solid-js';
import { OTHERS } from '../../protocol/board/stripe.ts';
import { isPaused } from '../../protocol/messages/common.ts';
import type { App } from '../state/app.ts';
import type { OpenUpload } from '../state/open-upload.ts';
import { isAtWork } from '../state/turns.ts';
import { numbers, words } from '../words/words.ts';
import { DeviceList } from './device-list.tsx';
import { Grid } from './grid.tsx';
import { HelpPanel } from './help-panel.tsx';
import { later } from './later.ts';
import { OpeningView } from './message-view.tsx';
import { NotifyOffer } from './notify-offer.tsx';
import { PauseAllButton, PauseButton } from './pause-buttons.tsx';
import { ProgressPanel } from './progress-panel.tsx';
import { mayChooseFile, type OpenView, statusOf } from './status.ts';
import { StatusLine } from './status-line.tsx';
import { takesLong } from './takes-long.ts';
import { unreachableWords } from './unreachable.ts';

/** A chunk of its own: it comes at the end, and mostly in another session than the beginning. */
const ResultPanel = later(
  () => import('./result-panel.tsx'),
  ({ ResultPanel }) => ResultPanel,
);

/** The last of the page: nothing is below it that could move when it comes. */
const Actions = later(
  () => import('./actions.tsx'),
  ({ Actions }) => Actions,
);

/** Says nothing before something has changed. */
const Announcer = later(
  () => import('./announcer.tsx'),
  ({ Announcer }) => Announcer,
);

const DownloadButton = later(
  () => import('./download-button.tsx'),
  ({ DownloadButton }) => DownloadButton,
);

const MailOffer = later(
  () => import('./mail-offer.tsx'),
  ({ MailOffer }) => MailOffer,
);

const SharePanel = later(
  () => import('./share-panel.tsx'),
  ({ SharePanel }) => SharePanel,
);

const ThroughputChart = later(
  () => import('./throughput-chart.tsx'),
  ({ ThroughputChart }) => ThroughputChart,
);

/** Most links open something. */
const RefusedView = later(
  () => import('./refused-view.tsx'),
  ({ RefusedView }) => RefusedView,
);

interface BoardProps {
  app: App;
  open: OpenUpload;
  isUnreachable: boolean;
  isOffline: boolean;
  choose: (files: readonly File[]) => void;
}

/** One upload: opening, refused, or its board. */
export function BoardView(props: BoardProps): JSX.Element {
  const opened = createMemo(() => {
    const view = props.open.view();
    return view.state === 'open' ? view : undefined;
  });
  const refusal = createMemo(() => {
    const view = props.open.view();
    return view.state === 'refused' ? view.error : undefined;
  });
  const trouble = () => {
    if (props.isOffline) return words.offline;
    if (props.isUnreachable) return unreachableWords(props.app.connection(), words.unreachable);
    const view = props.open.view();
    return view.state === 'opening' && view.trouble ? words.errors[view.trouble] : '';
  };
  const opening = () => <OpeningView trouble={trouble()} home={props.app.home} />;
  return (
    <Switch fallback={opening()}>
      <Match when={refusal()}>
        {(error) => (
          <Suspense fallback={opening()}>
            <RefusedView error={error()} home={props.app.home} />
          </Suspense>
        )}
      </Match>
      <Match when={opened()}>{(view) => <Board {...props} view={view()} trouble={trouble()} />}</Match>
    </Switch>
  );
}

/** Its board, this device's part in it, and the way to bring in others. */
function Board(props: BoardProps & { view: OpenView; trouble: string }): JSX.Element {
  const [justWatches, setJustWatches] = createSignal(false);
  const [lit, setLit] = createSignal<number>();
  const view = () => props.view;
  // Once it was at work here, the room for that stays: nothing moves when it is done.
  const hasWorked = createMemo<boolean>((before) => before || isAtWork(props.view), false);
  const wasOpen = createMemo<boolean>((before) => before || props.view.phase.state === 'open', false);
  const isLong = createMemo<boolean>((before) => takesLong(props.view, before), false);
  const isOpen = () => view().phase.state === 'open';
  const mayHaveMail = () => {
    const state = props.app.account.state();
    return state.state === 'in' && state.mail !== undefined;
  };
  const waitsForTurn = () => props.app.waitsForTurn(props.open);
  const otherTab = () => props.app.otherTab(props.open);
  const mayChoose = () => mayChooseFile(view()) && !waitsForTurn() && !otherTab();
  const asksForHelp = () => mayChoose() && !justWatches();
  const status = createMemo(() => {
    const chosen = props.open.chosen();
    return statusOf({
      view: view(),
      isUnreachable: props.isUnreachable,
      unreachable: props.trouble,
      isOffline: props.isOffline,
      knownParts: props.open.upload.board()?.replica.knownParts() ?? 0,
      chosen: chosen && { name: chosen.name, sizeBytes: chosen.size },
      waitsForTurn: waitsForTurn(),
      otherTab: otherTab(),
      isScreenKept: props.app.isScreenKept(),
      justWatches: justWatches(),
    });
  });
  const nameOf = (number: number) =>
    number === OTHERS
      ? words.others
      : (view().devices.find((device) => device.number === number)?.name ?? words.others);
  const hasHelped = () => view().devices.some(({ isSelf, doneParts }) => isSelf && doneParts > 0);
  const owner = () => view().devices.find(({ role, isSelf }) => role === 'owner' && !isSelf)?.name;
  const facts = () => {
    const { file, role } = view();
    const from = owner();
    return [
      numbers.bytes(file.sizeBytes),
      ...(from === undefined ? [] : [words.ownedBy(from)]),
      words.roleOf(role, isOpen(), isAtWork(view()) || hasHelped()),
    ].join(', ');
  };
  const toShare = () => {
    const panel = document.getElementById('share');
    panel?.scrollIntoView({ block: 'start' });
    panel?.focus({ preventScroll: true });
  };
  return (
    <main class="board" id="main" classList={{ 'asks-for-help': asksForHelp() }}>
      <header class="board-head">
        <div class="board-names">
          <h1 tabindex="-1" title={view().file.name}>
            {view().file.name}
          </h1>
          <p class="soft">{facts()}</p>
        </div>
        <Show when={isOpen() && !asksForHelp()}>
          <button type="button" class="button to-share" onClick={toShare}>
            {view().role === 'watcher' ? words.shareToWatch : words.share}
          </button>
        </Show>
      </header>
      <div class="board-main">
        <ProgressPanel
          view={view()}
          isStale={props.isUnreachable || props.isOffline}
          startedAtMs={props.open.upload.board()?.info.createdAtMs}
        />
        <StatusLine status={status()} keepsRoom={hasWorked() && view().phase.state !== 'aborted'}>
          <Show when={waitsForTurn()}>
            <button type="button" class="button" onClick={() => props.app.startNow(props.open)}>
              {words.startNow}
            </button>
          </Show>
          <Show when={mayChoose() && justWatches()}>
            <button type="button" class="button" onClick={() => setJustWatches(false)}>
              {words.helpAfterAll}
            </button>
          </Show>
          <PauseButton view={view()} upload={props.open.upload} otherTab={otherTab()} />
          <Show when={view().role === 'owner' && isPaused(view().phase)}>
            <PauseAllButton upload={props.open.upload} isAllPaused={true} />
          </Show>
          <Show when={!asksForHelp()}>
            <NotifyOffer isOpen={isOpen()} isLong={isLong()} />
          </Show>
          <Show when={isOpen() && view().role === 'owner' && mayHaveMail()}>
            <Suspense>
              <MailOffer account={props.app.account} />
            </Suspense>
          </Show>
          <Show when={view().phase.state === 'finished' && view().role === 'owner'}>
            <Suspense>
              <DownloadButton upload={props.open.upload} />
            </Suspense>
          </Show>
        </StatusLine>
        <Show when={asksForHelp()}>
          <HelpPanel
            view={view()}
            source={props.open.source()}
            goOn={props.open.goOn}
            choose={props.choose}
            justWatch={() => setJustWatches(true)}
          />
        </Show>
        <Grid open={props.open} lit={lit()} nameOf={nameOf} />
        <Show when={wasOpen() && view().phase.state !== 'aborted'}>
          <Suspense fallback={<div class="card chart" />}>
            <ThroughputChart open={props.open} view={view()} />
          </Suspense>
        </Show>
        <DeviceList app={props.app} open={props.open} view={view()} lit={lit()} light={setLit} />
        <Show when={view().phase.state === 'finished'}>
          <Suspense>
            <ResultPanel open={props.open} view={view()} />
          </Suspense>
        </Show>
      </div>
      <div class="board-side">
        <Show when={view().phase.state !== 'aborted'}>
          <Suspense fallback={<div class="card share-waits" />}>
            <SharePanel
              open={props.open}
              serverNowMs={props.app.serverNowMs}
              role={view().role}
              name={view().file.name}
              isComplete={view().phase.state === 'finished'}
            />
          </Suspense>
        </Show>
        <Suspense>
          <Actions
            view={view()}
            upload={props.open.upload}
            budget={props.app.budget()}
            home={props.app.home}
          />
        </Suspense>
      </div>
      <Suspense>
        <Announcer view={view()} isUnreachable={props.isUnreachable} />
      </Suspense>
    </main>
  );
}
