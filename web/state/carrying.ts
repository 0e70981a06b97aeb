import { newSecret } from '../browser/secrets.ts';
import { openTabTurn } from '../browser/tab-turn.ts';
import { type Budget, makeBudget, makeBudgetStore, NO_LIMITS } from '../engine/budget.ts';
import { type Carrier, type CarrierOptions, makeCarrier } from '../engine/carrier.ts';
import type { Clock } from '../engine/ports.ts';
import type { OpenUpload } from './open-upload.ts';
import { makeTabWork, type TabWork } from './tab-work.ts';

/** What only a device with a file needs. It comes after the page, so that whoever looks on does not wait for it. */
export interface Carrying {
  makeCarrier(options: CarrierOptions): Carrier;
  budget: Budget;
  /** `isNew`: begun in this tab just now. */
  workOn(open: OpenUpload, isNew: boolean): TabWork;
}

export function makeCarrying(clock: Clock): Carrying {
  const budget = makeBudget(clock, makeBudgetStore(NO_LIMITS));
  const tab = newSecret();
  return {
    budget,
    makeCarrier: (options) => makeCarrier({ ...options, budget }),
    workOn: ({ secret, upload, pauseForUnload }, isNew) =>
      makeTabWork({
        upload,
        putAside: pauseForUnload,
        turn: openTabTurn(secret, { clock, random: Math.random, tab, isNew }),
      }),
  };
}
