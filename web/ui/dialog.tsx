import { Dialog as Kobalte } from '@kobalte/core/dialog';
import type { JSX } from 'solid-js';
import { words } from '../words/words.ts';
import { opener } from './opener.ts';

/** A window over the page; a sheet from below on a phone. Closed by Escape, by its button and by a press beside it. */
export function Dialog(props: { title: string; close: () => void; children: JSX.Element }): JSX.Element {
  const { back } = opener();
  return (
    <Kobalte open onOpenChange={(isOpen) => !isOpen && props.close()} preventScroll={false}>
      <Kobalte.Portal>
        <Kobalte.Overlay class="dialog-veil" />
        <div class="dialog-place">
          <Kobalte.Content class="dialog" onCloseAutoFocus={back}>
            <div class="card-head">
              <Kobalte.Title class="dialog-title">{props.title}</Kobalte.Title>
              <Kobalte.CloseButton class="icon-button" aria-label={words.close}>
                ✕
              </Kobalte.CloseButton>
            </div>
            {props.children}
          </Kobalte.Content>
        </div>
      </Kobalte.Portal>
    </Kobalte>
  );
}
