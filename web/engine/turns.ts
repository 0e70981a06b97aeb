import type { ProtocolError } from '../../protocol/messages/error.ts';
import { OUTRUN, SYNC_AGAIN, waitMs } from './backoff.ts';
import type { Clock } from './ports.ts';

/** When a device may say something again: once it has gathered enough, and not before what went wrong allows. */
export interface Turns {
  /** There is something new to say, perhaps while a sync is under way: gathering begins, unless it has begun. */
  gather(): void;
  /** Whether there is something to say that waits. */
  isGathering(): boolean;
  /** There is nothing to say any more. */
  rest(): void;
  /** When the next sync is due, gathering for so long; 0: what there is to say cannot wait. */
  dueMs(gatherMs: number): number;
  /** Whether it is not too soon after a failure. */
  mayTry(): boolean;
  /** A sync leaves now. */
  begin(): void;
  /** It was answered; asked for so many tickets and granted so many. */
  succeeded(asked: number, granted: number): void;
  /** A request was refused or lost. Answers when to try again. */
  failed(error: ProtocolError | undefined): number;
  /** What went wrong is over: the next failure is the first. */
  reset(): void;
  /** There is a new board: no wait for what the old one asked for. */
  hurry(): void;
  /** Calls then, and not at any time that was set before. */
  wakeAt(atMs: number): void;
  stop(): void;
}

export function makeTurns(clock: Clock, random: () => number, wake: () => void): Turns {
  let failures = 0;
  let barren = 0;
  let gatheringSinceMs: number | undefined;
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  let cancelTimer = () => {};
  return {
    gather() {
      gatheringSinceMs ??= clock.nowMs();
    },
    isGathering: () => gatheringSinceMs !== undefined,
    rest() {
      gatheringSinceMs = undefined;
    },
    dueMs(gatherMs) {
      gatheringSinceMs ??= clock.nowMs();
      return Math.max(notBeforeMs, gatheringSinceMs + gatherMs);
    },
    mayTry: () => clock.nowMs() >= notBeforeMs,
    begin() {
      cancelTimer();
      gatheringSinceMs = undefined;
    },
    succeeded(asked, granted) {
      failures = 0;

      // Others were faster, or the stripe has all the holders it can have: not again at once.
      barren = asked > 0 && granted === 0 ? barren + 1 : 0;
      if (barren > 0) notBeforeMs = clock.nowMs() + waitMs(OUTRUN, barren, random());
    },
    failed(error) {
      failures += 1;
      notBeforeMs = clock.nowMs() + (error?.minBackoffMs ?? 0) + waitMs(SYNC_AGAIN, failures, random());
      return notBeforeMs;
    },
    reset() {
      failures = 0;
    },
    hurry() {
      notBeforeMs = Number.NEGATIVE_INFINITY;
    },
    wakeAt(atMs) {
      cancelTimer();
      cancelTimer = Number.isFinite(atMs) ? clock.after(Math.max(0, atMs - clock.nowMs()), wake) : () => {};
    },
    stop: () => cancelTimer(),
  };
}
