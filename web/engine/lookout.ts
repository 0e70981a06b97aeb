import type { BoardSession, OpenBoard } from './board-session.ts';
import { makeConducts } from './conduct.ts';
import { type Outlook, outlookOf } from './outlook.ts';
import type { Clock } from './ports.ts';

/** Watches the board for what the others do, and tells from that what they will. */
export interface Lookout {
  /** `inHand`: parts of this device, which are nobody else's to carry. */
  outlook(board: OpenBoard, inHand: ReadonlySet<number>, serverNowMs: number): Outlook;
  stop(): void;
}

export function makeLookout(
  session: Pick<BoardSession, 'board' | 'on' | 'heardOf'>,
  clock: Clock,
  serverNowMs: () => number,
): Lookout {
  const conducts = makeConducts(clock, () => (session.board()?.replica.freeParts(serverNowMs()) ?? 0) > 0);
  const watch = (stripes: Iterable<number>) => {
    const replica = session.board()?.replica;
    if (replica) for (const s of stripes) conducts.saw(replica.stripe(s));
  };
  const watchAll = () => watch(Array(session.board()?.replica.geometry.stripes ?? 0).keys());

  const stop = session.on((event) => {
    if (event.kind === 'changed') watch(event.stripes);
    if (event.kind === 'opened') watchAll();
  });
  watchAll();

  return {
    outlook: (board, inHand, nowMs) => outlookOf(board, session, conducts.of, inHand, nowMs),
    stop,
  };
}
