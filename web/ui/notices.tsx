import { createSignal, type JSX, onCleanup, onMount, Show, Suspense } from 'solid-js';
import { chunk } from '../browser/chunk.ts';
import { later } from './later.ts';

const load = chunk(() => import('./toasts.tsx'));
const Toasts = later(load, ({ Toasts }) => Toasts);

/** How long the page has the browser for itself first. */
const PATIENCE_MS = 1_500;

const [isDue, setDue] = createSignal(false);

/** Says something in passing: seen for a while, and read out. */
export function say(text: string): void {
  setDue(true);
  void load().then(({ showToast }) => showToast(text));
}

/**
 * The place of the toasts. A chunk of its own, there soon after the page: a region that appears together with its text
 * is not read out.
 */
export function NoticeList(): JSX.Element {
  onMount(() => {
    const timer = setTimeout(() => setDue(true), PATIENCE_MS);
    onCleanup(() => clearTimeout(timer));
  });
  return (
    <Show when={isDue()}>
      <Suspense>
        <Toasts />
      </Suspense>
    </Show>
  );
}
