import { createSignal, type JSX, lazy, Show, Suspense } from 'solid-js';
import type { Budget } from '../engine/budget.ts';
import { words } from '../words/words.ts';

const LimitsDialog = lazy(async () => ({ default: (await import('./limits-dialog.tsx')).LimitsDialog }));

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
