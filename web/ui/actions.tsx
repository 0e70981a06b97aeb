import { type JSX, Show } from 'solid-js';
import { isPaused } from '../../protocol/messages/common.ts';
import type { Budget } from '../engine/budget.ts';
import type { Upload } from '../engine/upload.ts';
import { isAtWork } from '../state/turns.ts';
import { words } from '../words/words.ts';
import { AbortButton } from './abort-button.tsx';
import { LimitsButton } from './limits-button.tsx';
import { PauseAllButton } from './pause-buttons.tsx';
import type { OpenView } from './status.ts';

/** What one may do with the upload from here. */
export function Actions(props: {
  view: OpenView;
  upload: Upload;
  budget: Budget | undefined;
  home: () => void;
}): JSX.Element {
  const isOwner = () => props.view.role === 'owner';
  return (
    <section class="actions">
      {/* First what is there in every phase: nobody's finger is to meet another button than the one aimed at. */}
      <button type="button" class="button" onClick={() => props.home()}>
        {props.view.phase.state === 'open' ? words.backToStart : words.another}
      </button>
      <Show when={props.view.phase.state === 'open'}>
        <Show when={isOwner() && !isPaused(props.view.phase)}>
          <PauseAllButton upload={props.upload} isAllPaused={false} />
        </Show>
        <Show when={props.view.role !== 'watcher' && props.budget}>
          {(budget) => <LimitsButton budget={budget()} />}
        </Show>
      </Show>
      <Show when={isAtWork(props.view)}>
        <button type="button" class="button" onClick={() => props.upload.detach()}>
          {words.stopHelping}
        </button>
      </Show>
      <Show when={isOwner() && props.view.phase.state === 'open'}>
        <AbortButton upload={props.upload} />
      </Show>
    </section>
  );
}
