import { Toast, toaster } from '@kobalte/core/toast';
import type { JSX } from 'solid-js';
import { words } from '../words/words.ts';

const SHOWN_MS = 10_000;

/** Short messages that go by themselves, later while somebody is at them. */
export function Toasts(): JSX.Element {
  return (
    <Toast.Region class="toasts" duration={SHOWN_MS} aria-label={words.notices}>
      <Toast.List as="div" class="toast-list" />
    </Toast.Region>
  );
}

export function showToast(text: string): void {
  toaster.show(({ toastId }) => (
    <Toast as="div" priority="low" toastId={toastId} class="toast">
      <Toast.Title as="p">{text}</Toast.Title>
      <Toast.CloseButton class="icon-button" aria-label={words.dismiss}>
        ✕
      </Toast.CloseButton>
    </Toast>
  ));
}
