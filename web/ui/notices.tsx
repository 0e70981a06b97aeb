import { createSignal, For, type JSX, onCleanup } from 'solid-js';
import { words } from './words.ts';

const SHOWN_MS = 10_000;

interface Notice {
  text: string;
}

/** Short messages that go by themselves. */
export interface Notices {
  shown: () => readonly Notice[];
  say(text: string): void;
  dismiss(notice: Notice): void;
}

export function createNotices(): Notices {
  const [shown, setShown] = createSignal<readonly Notice[]>([]);
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const dismiss = (notice: Notice) => setShown((all) => all.filter((other) => other !== notice));
  onCleanup(() => {
    for (const timer of timers) clearTimeout(timer);
  });
  return {
    shown,
    say(text) {
      const notice = { text };
      setShown((all) => [...all, notice]);
      const timer = setTimeout(() => {
        timers.delete(timer);
        dismiss(notice);
      }, SHOWN_MS);
      timers.add(timer);
    },
    dismiss,
  };
}

/** The region is always there: one that appears together with its text is not read out. */
export function NoticeList(props: { notices: Notices }): JSX.Element {
  return (
    <div class="notices" role="status" aria-live="polite" aria-label={words.notices}>
      <For each={props.notices.shown()}>
        {(notice) => (
          <div class="notice">
            <p>{notice.text}</p>
            <button
              type="button"
              class="quiet"
              aria-label={words.dismiss}
              onClick={() => props.notices.dismiss(notice)}
            >
              ✕
            </button>
          </div>
        )}
      </For>
    </div>
  );
}
