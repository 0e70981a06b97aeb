import { NO_BITS } from '../../protocol/board/bits.ts';
import { heldBits } from '../../protocol/board/stripe.ts';
import type { OpenBoard } from '../engine/board-session.ts';
import type { Connection } from '../engine/connection.ts';
import type { Clock } from '../engine/ports.ts';
import type { Upload } from '../engine/upload.ts';
import type { Moment } from './report.ts';

/** How a device has left. */
export interface Farewell {
  /** How it is, with all that was said at the end. */
  moment: Moment;
  /** The server has heard what was done and what is given back. */
  isTold: boolean;
  /** How long the others would wait for the tickets that were in hand, were it not told; 0: there were none. */
  leaseLeftMs: number;
}

/** Tickets are given back before the process ends, but a server that is away is not waited for. */
const GOODBYE_MS = 3_000;

/** Reports, gives back and leaves. The connection is closed then. */
export async function sayFarewell(
  upload: Upload,
  connection: Pick<Connection, 'settled' | 'status' | 'serverNowMs' | 'close'>,
  clock: Clock,
): Promise<Farewell> {
  const before = upload.view();
  const board = upload.board();
  const leaseLeftMs = board ? leaseLeft(board, connection.serverNowMs()) : 0;
  let cancel = () => {};
  const tooLate = new Promise<'too late'>((resolve) => {
    cancel = clock.after(GOODBYE_MS, () => resolve('too late'));
  });
  const wasOnline = connection.status().state === 'online';
  upload.detach();
  const heard = await Promise.race([connection.settled(), tooLate]);
  const isTold = wasOnline && heard !== 'too late' && connection.status().state === 'online';
  // That it is finished may be heard sooner than the last part.
  if (isTold && board?.state.state === 'finished') await Promise.race([untilFull(upload, board), tooLate]);
  const view = upload.view();
  // What the carrier came to is still so; that it is put away now is nobody's concern.
  const last = view.state === 'open' && before.state === 'open' ? { ...view, carrier: before.carrier } : view;
  const moment = { view: last, status: connection.status(), nowMs: clock.nowMs() };
  upload.close();
  await Promise.race([connection.settled(), tooLate]);
  cancel();
  connection.close();
  return { moment, isTold, leaseLeftMs };
}

function untilFull(upload: Pick<Upload, 'onStripes'>, { replica }: OpenBoard): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!replica.isFull()) return;
      stop();
      resolve();
    };
    const stop = upload.onStripes(look);
    look();
  });
}

function leaseLeft({ replica, info }: OpenBoard, serverNowMs: number): number {
  let leftMs = 0;
  for (let s = 0; s < replica.geometry.stripes; s++) {
    const stripe = replica.stripe(s);
    if (heldBits(stripe, info.device, serverNowMs) === NO_BITS) continue;
    for (const { device, untilMs } of stripe.leases) {
      if (device === info.device) leftMs = Math.max(leftMs, untilMs - serverNowMs);
    }
  }
  return leftMs;
}
