import { createSignal } from 'solid-js';
import type { TabTurn } from '../browser/tab-turn.ts';
import type { CarrierState } from '../engine/carrier-state.ts';
import type { FilePort } from '../engine/ports.ts';
import type { Upload } from '../engine/upload.ts';

/** One upload's work, in one tab of the browser at a time: the others look on, and stand by if they have the file. */
export interface TabWork {
  /** What another tab of this browser does for it, if one has it. */
  otherTab: () => CarrierState | undefined;
  /** Carries by this file when it is this tab's turn. */
  carry(file: () => FilePort): void;
  close(): void;
}

export interface TabWorkOptions {
  upload: Pick<Upload, 'attach' | 'view' | 'onChange'>;
  /** Stops carrying; the file is kept for the next turn. */
  putAside(): void;
  /** Whether the person has stopped it in this tab, when nothing is carried any more. */
  isStopped(): boolean;
  /** The person has stopped it in another tab: the file is forgotten in this one too. */
  stop(): void;
  /** What the person holds on or lets go on is so for every tab. */
  pause: {
    isKept(): boolean;
    apply(isPaused: boolean): void;
    /** Told of what another tab has changed; returns the end of that. */
    onOther(listener: () => void): () => void;
  };
  /** Undefined where a browser knows no way to ask other tabs: then it is always this one's turn. */
  turn: TabTurn | undefined;
}

export function makeTabWork({ upload, putAside, isStopped, stop, pause, turn }: TabWorkOptions): TabWork {
  // A tab of an older page does not say what it does.
  const ofOther = (): CarrierState | undefined =>
    turn?.where() === 'another-tab' ? (turn.other() ?? { state: 'carrying' }) : undefined;
  const [otherTab, setOtherTab] = createSignal(ofOther());
  let file: (() => FilePort) | undefined;
  let isAttached = false;

  const follow = () => {
    const where = turn?.where() ?? 'here';
    setOtherTab(ofOther());
    if (where === 'here' && file && !isAttached) {
      // A page that the browser had put aside was not told.
      if (pause.isKept()) pause.apply(true);
      isAttached = true;
      upload.attach(file());
    } else if (where !== 'here' && isAttached) {
      isAttached = false;
      putAside();
    }
  };

  /** A tab that has stopped does not keep the others from it, unless it was the person who stopped it. */
  const letGo = () => {
    const view = upload.view();
    if (!isAttached || view.state !== 'open') return;
    const { carrier } = view;
    if (carrier) turn?.tell(carrier);
    if (carrier && carrier.state !== 'stopped' && carrier.state !== 'over') return;
    isAttached = false;
    file = undefined;
    turn?.release(!carrier && isStopped() ? 'stopped' : undefined);
  };

  turn?.onStopped(() => {
    isAttached = false;
    file = undefined;
    stop();
    turn.release();
  });
  const stops = [
    turn?.onChange(follow),
    upload.onChange(letGo),
    pause.onOther(() => {
      const isPaused = pause.isKept();
      const view = upload.view();
      if (view.state !== 'open' || view.isPaused !== isPaused) pause.apply(isPaused);
    }),
  ];
  return {
    otherTab,
    carry(next) {
      file = next;
      if (isAttached) return upload.attach(next());
      turn?.want();
      follow();
    },
    close() {
      for (const stopOne of stops) stopOne?.();
      turn?.close();
    },
  };
}
