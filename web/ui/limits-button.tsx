import { createSignal, type JSX, Show, Suspense } from 'solid-js';
import type { Budget } from '../engine/budget.ts';
import { words } from '../words/words.ts';
import { later } from './later.ts';

const LimitsDialog = later(
  () => import('./limits-dialog.tsx'),
  ({ LimitsDialog }) => LimitsDialog,
);

/** What this device may use of its line. */
export function LimitsButton(props: { budget: Budget }): JSX.Element {
  const [isOpen, setOpen] = createSignal(false);
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        {words.limits}
      </button>
      <Show when={isOpen()}>
        <Suspense>
          <LimitsDialog budget={props.budget} close={() => setOpen(false)} />
        </Suspense>
      </Show>
    </>
  );
}
