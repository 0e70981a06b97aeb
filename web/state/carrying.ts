import { withStoredHashes } from '../browser/hash-store.ts';
import type { JournalDatabase } from '../browser/journal.ts';
import { openLimitsStore } from '../browser/limits-store.ts';
import { makePartWorkers } from '../browser/part-workers.ts';
import { isPausedHere } from '../browser/paused-here.ts';
import { newSecret } from '../browser/secrets.ts';
import { openTabTurn } from '../browser/tab-turn.ts';
import type { Trace } from '../browser/trace.ts';
import { makeWakeLock, type WakeLock } from '../browser/wake-lock.ts';
import { type Budget, makeBudget } from '../engine/budget.ts';
import { type Carrier, type CarrierOptions, makeCarrier } from '../engine/carrier.ts';
import type { Clock, FilePort } from '../engine/ports.ts';
import type { OpenUpload } from './open-upload.ts';
import { makeTabWork, type TabWork } from './tab-work.ts';

/** What only a device with a file needs. It comes after the page, so that whoever looks on does not wait for it. */
export interface Carrying {
  makeCarrier(options: CarrierOptions): Carrier;
  /** What the person allows this device to use of its line. */
  budget: Budget;
  /** Keeps the screen on while this device uploads. */
  screen: WakeLock;
  /** Starts the workers before there is a file: that takes as long as sending a part. */
  warmUp(): void;
  /** Reads, hashes and sends the parts of this file; what was hashed of it before is remembered. */
  openFile(file: File): FilePort;
  /** `isNew`: begun in this tab just now. `stopped`: its file is forgotten, because the person stopped it in another tab. */
  workOn(open: OpenUpload, isNew: boolean, stopped: () => void): TabWork;
}

export interface CarryingOptions {
  clock: Clock;
  /** Undefined where nothing is stored. */
  database: JournalDatabase | undefined;
  trace: Trace | undefined;
}

export function makeCarrying({ clock, database, trace }: CarryingOptions): Carrying {
  const budget = makeBudget(clock, openLimitsStore());
  const { wakeLock } = navigator;
  const tab = newSecret();
  let workers: ReturnType<typeof makePartWorkers> | undefined;
  const partWorkers = () => {
    workers ??= makePartWorkers(trace);
    return workers;
  };
  return {
    budget,
    screen: makeWakeLock({
      request: wakeLock && (() => wakeLock.request('screen')),
      page: document,
    }),
    warmUp: () => void partWorkers(),
    openFile: (file) => withStoredHashes(partWorkers().open(file), file, database),
    makeCarrier: (options) => makeCarrier({ ...options, budget }),
    workOn: ({ secret, upload, source, pauseForUnload, applyPause }, isNew, stopped) =>
      makeTabWork({
        upload,
        putAside: pauseForUnload,
        // Of a page that goes away the file is only put aside.
        isStopped: () => source().state === 'none',
        stop() {
          upload.detach();
          stopped();
        },
        pause: { isKept: () => isPausedHere(secret), apply: applyPause, onOther: onOtherTab },
        turn: openTabTurn(secret, { clock, random: Math.random, tab, isNew }),
      }),
  };
}

/** Told when another tab changes anything that this browser stores; returns the end of that. */
function onOtherTab(listener: () => void): () => void {
  window.addEventListener('storage', listener);
  return () => window.removeEventListener('storage', listener);
}
