import { openLimitsStore } from '../browser/limits-store.ts';
import { newSecret } from '../browser/secrets.ts';
import { openTabTurn } from '../browser/tab-turn.ts';
import { makeWakeLock, type WakeLock } from '../browser/wake-lock.ts';
import { type Budget, makeBudget } from '../engine/budget.ts';
import { type Carrier, type CarrierOptions, makeCarrier } from '../engine/carrier.ts';
import type { Clock } from '../engine/ports.ts';
import type { OpenUpload } from './open-upload.ts';
import { makeTabWork, type TabWork } from './tab-work.ts';

/** What only a device with a file needs. It comes after the page, so that whoever looks on does not wait for it. */
export interface Carrying {
  makeCarrier(options: CarrierOptions): Carrier;
  /** What the person allows this device to use of its line. */
  budget: Budget;
  /** Keeps the screen on while this device uploads. */
  screen: WakeLock;
  /** `isNew`: begun in this tab just now. */
  workOn(open: OpenUpload, isNew: boolean): TabWork;
}

export function makeCarrying(clock: Clock): Carrying {
  const budget = makeBudget(clock, openLimitsStore());
  const { wakeLock } = navigator;
  const tab = newSecret();
  return {
    budget,
    screen: makeWakeLock({
      request: wakeLock && (() => wakeLock.request('screen')),
      page: document,
    }),
    makeCarrier: (options) => makeCarrier({ ...options, budget }),
    workOn: ({ secret, upload, pauseForUnload }, isNew) =>
      makeTabWork({
        upload,
        putAside: pauseForUnload,
        turn: openTabTurn(secret, { clock, random: Math.random, tab, isNew }),
      }),
  };
}
