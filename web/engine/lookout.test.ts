import { expect, test } from 'vitest';
import { emptyStripe, type Stripe } from '../../protocol/board/stripe.ts';
import { bitsAt } from '../../test/board-arbitraries.ts';
import { BEN, board, lease, ME } from '../../test/board-sketches.ts';
import type { OpenBoard, SessionEvent } from './board-session.ts';
import { makeEmitter } from './emitter.ts';
import type { Heard } from './hearsay.ts';
import { makeLookout } from './lookout.ts';

/** A board on which this device is there with Ben, who says that he carries 1 MB/s and has nothing at hand. */
function scene() {
  let nowMs = 0;
  const replica = board({ known: bitsAt(0, 1, 2, 3) });
  const members = new Map(
    [ME, BEN].map((number) => [number, { number, name: '', role: 'helper', online: true, rateBps: 0 }]),
  );
  const open = { info: { device: ME }, replica, members } as unknown as OpenBoard;
  const events = makeEmitter<SessionEvent>();
  const heard: Heard = { rateBps: 1_000_000, backlogBytes: 0, sinceMs: 0 };
  const session = { board: () => open, on: events.on, heardOf: () => heard };
  const lookout = makeLookout(session, { nowMs: () => nowMs, after: () => () => {} }, () => nowMs);
  return {
    /** Whether Ben is expected to carry anything. */
    isReckonedWith: () => lookout.outlook(open, new Set(), nowMs).others.length > 0,
    pass(ms: number) {
      nowMs += ms;
    },
    change(stripe: Partial<Stripe>, event: SessionEvent) {
      replica.merge({ ...emptyStripe(0), known: bitsAt(0, 1, 2, 3), rev: 2, ...stripe });
      events.emit(event);
    },
  };
}

test.for<SessionEvent>([
  { kind: 'changed', stripes: [0] },
  // What was missed while there was no line.
  { kind: 'opened', proven: true },
])(
  '[C11] who has left free tickets where they are is reckoned with again once the board shows that he took one ($kind)',
  (event) => {
    const { isReckonedWith, pass, change } = scene();
    expect(isReckonedWith()).toBe(true);
    pass(5_001);
    expect(isReckonedWith()).toBe(false);
    change({ leases: [lease(BEN, bitsAt(0), 60_000)] }, event);
    expect(isReckonedWith()).toBe(true);
  },
);
