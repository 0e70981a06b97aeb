import { createEffect, createSignal, For, type JSX, on, untrack } from 'solid-js';
import { words } from '../words/words.ts';
import { announcements, type Told, toldOf } from './announcements.ts';
import type { OpenView } from './status.ts';

/** What is said stays in the page this long, so that it is read out whole and then not found again. */
const SAID_FOR_MS = 8_000;

/** Tells whoever does not see the page, politely: every tenth, and what happens. */
export function Announcer(props: { view: OpenView; isUnreachable: boolean }): JSX.Element {
  const [said, setSaid] = createSignal<readonly { text: string }[]>([]);
  let before: Told | undefined;
  createEffect(
    on([() => props.view, () => props.isUnreachable], ([view, isUnreachable]) => {
      const now = toldOf(view, isUnreachable);
      const { share, etaMs } = view.progress;
      const eta = etaMs === undefined ? '' : untrack(() => words.timeLeft(etaMs));
      const texts = before ? announcements(before, now, share, eta) : [];
      before = now;
      if (texts.length === 0) return;
      const fresh = texts.map((text) => ({ text }));
      setSaid((all) => [...all, ...fresh]);
      setTimeout(() => setSaid((all) => all.filter((one) => !fresh.includes(one))), SAID_FOR_MS);
    }),
  );
  return (
    <div class="unseen" role="log" aria-live="polite" aria-label={words.thisDeviceStatus} data-testid="said">
      <For each={said()}>{(one) => <p>{one.text}</p>}</For>
    </div>
  );
}
