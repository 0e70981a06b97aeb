import { type BoardSession, isOver } from './board-session.ts';
import type { Connection } from './connection.ts';
import { syncMessage } from './sync-message.ts';

/** Reports and gives back, all at once, in as many messages as it takes: the page may be about to close. */
export function giveBack(
  connection: Pick<Connection, 'request'>,
  session: BoardSession,
  parts: Iterable<number>,
  unreported: Iterable<number>,
): void {
  const board = session.board();
  if (!board || session.isClosed() || isOver(board.state)) return;
  const done = new Set(unreported);
  const release = new Set(parts);
  while (done.size + release.size > 0) {
    const rest = { done, hashes: [], release, want: [], hedge: [], renew: [] };
    const message = syncMessage(board.info.upload, rest, { leaseMs: 0, rateBps: 0, backlogBytes: 0 });
    for (const part of message.done) done.delete(part);
    for (const part of message.release) release.delete(part);
    void connection.request(message).then((reply) => {
      if (reply.state === 'answered' && reply.message.type === 'granted') {
        session.takeStripes(reply.message.stripes);
      }
    });
  }
}
