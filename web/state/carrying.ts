import { type Budget, makeBudget, makeBudgetStore, NO_LIMITS } from '../engine/budget.ts';
import { type Carrier, type CarrierOptions, makeCarrier } from '../engine/carrier.ts';
import type { Clock } from '../engine/ports.ts';

/** What only a device with a file needs. It comes after the page, so that whoever looks on does not wait for it. */
export interface Carrying {
  makeCarrier(options: CarrierOptions): Carrier;
  budget: Budget;
}

export function makeCarrying(clock: Clock): Carrying {
  const budget = makeBudget(clock, makeBudgetStore(NO_LIMITS));
  return { budget, makeCarrier: (options) => makeCarrier({ ...options, budget }) };
}
