import type { StopReason } from './retry.ts';

/** What this device is doing with its file. */
export type CarrierState =
  | { state: 'proving' }
  | { state: 'carrying' }
  /** The same, no faster than the person allows this device: most of the time nothing leaves. Bytes a second. */
  | { state: 'limited'; rateBps: number }
  /** Puts keep failing; they are tried again. */
  | { state: 'retrying' }
  /** The store, or the server's own table, has no room; it is tried again, at long intervals. */
  | { state: 'store-full' }
  /** Every ticket is done or in the hands of others. */
  | { state: 'nothing-free' }
  /** Nothing leaves this device until the person goes on, or an owner does for all. */
  | { state: 'paused'; by: 'person' | 'owner' }
  /** What the person allows this device to send has been sent. */
  | { state: 'used-up' }
  | { state: 'over' }
  | { state: 'stopped'; reason: StopReason; detail: string; part?: number };

export function isSameState(a: CarrierState, b: CarrierState): boolean {
  if (a.state === 'paused' && b.state === 'paused') return a.by === b.by;
  if (a.state === 'limited' && b.state === 'limited') return a.rateBps === b.rateBps;
  return a.state === b.state;
}

/** Whether its parts were compared with the upload's. One that is held on, or stopped, need not have come so far. */
export function isFileProven({ state }: CarrierState): boolean {
  return !['proving', 'paused', 'used-up', 'over', 'stopped'].includes(state);
}

/** The file is not the one that the upload was made of. */
export function isAboutFile(reason: StopReason): boolean {
  return reason === 'file-changed' || reason === 'different-file';
}
