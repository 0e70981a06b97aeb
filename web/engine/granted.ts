import { type Geometry, partLength } from '../../protocol/board/geometry.ts';
import type { Granted } from '../../protocol/messages/sync.ts';
import type { Request } from './connection.ts';
import type { Ticket } from './flights.ts';

/** The tickets of an answer, ready to be carried. `nowMs`: the engine's clock; `resolve` makes an address absolute. */
export function ticketsOf(
  { put, serverNowMs }: Granted,
  nowMs: number,
  resolve: (url: string) => string,
): Ticket[] {
  if (!put) return [];
  const expiresAtMs = nowMs + put.expiresAtMs - serverNowMs;
  return put.tickets.map(({ part, sha256, signature }) => {
    const url = put.template.replace('{part}', String(part)).replace('{signature}', signature);
    return { part, sha256, url: resolve(url), expiresAtMs };
  });
}

/** The link has a limit, and what is left of it is not enough for any of the tickets that were asked for. */
export function isUsedUp(
  geometry: Geometry,
  { want, hedge }: Extract<Request, { type: 'sync' }>,
  { leftBytes, put }: Granted,
): boolean {
  if (leftBytes === undefined || put) return false;
  const asked = [...want, ...hedge].map((part) => partLength(geometry, part));
  return asked.length > 0 && Math.min(...asked) > leftBytes;
}
