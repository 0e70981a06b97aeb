import { createSignal } from 'solid-js';
import type { TabTurn } from '../browser/tab-turn.ts';
import type { FilePort } from '../engine/ports.ts';
import type { Upload } from '../engine/upload.ts';

/** One upload's work, in one tab of the browser at a time: the others look on, and stand by if they have the file. */
export interface TabWork {
  isInOtherTab: () => boolean;
  /** Carries by this file when it is this tab's turn. */
  carry(file: () => FilePort): void;
  close(): void;
}

export interface TabWorkOptions {
  upload: Pick<Upload, 'attach' | 'view' | 'onChange'>;
  /** Stops carrying; the file is kept for the next turn. */
  putAside(): void;
  /** Undefined where a browser knows no way to ask other tabs: then it is always this one's turn. */
  turn: TabTurn | undefined;
}

export function makeTabWork({ upload, putAside, turn }: TabWorkOptions): TabWork {
  const [isInOtherTab, setInOtherTab] = createSignal(turn?.where() === 'another-tab');
  let file: (() => FilePort) | undefined;
  let isAttached = false;

  const follow = () => {
    const where = turn?.where() ?? 'here';
    setInOtherTab(where === 'another-tab');
    if (where === 'here' && file && !isAttached) {
      isAttached = true;
      upload.attach(file());
    } else if (where !== 'here' && isAttached) {
      isAttached = false;
      putAside();
    }
  };

  /** A tab that has stopped, for whatever reason, does not keep the others from it. */
  const letGo = () => {
    const view = upload.view();
    if (!isAttached || view.state !== 'open') return;
    if (view.carrier && view.carrier.state !== 'stopped' && view.carrier.state !== 'over') return;
    isAttached = false;
    file = undefined;
    turn?.release();
  };

  const stops = [turn?.onChange(follow), upload.onChange(letGo)];
  return {
    isInOtherTab,
    carry(next) {
      file = next;
      if (isAttached) return upload.attach(next());
      turn?.want();
      follow();
    },
    close() {
      for (const stop of stops) stop?.();
      turn?.close();
    },
  };
}
