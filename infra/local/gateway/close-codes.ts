import type { DisconnectCause } from './events.ts';

// RFC 6455, section 7.4.1, with the reasons that API Gateway reports where they are known.

export const GOING_AWAY: DisconnectCause = { code: 1001, reason: 'Going away' };
export const NO_BINARY: DisconnectCause = { code: 1003, reason: 'Binary messages are not supported' };
export const NO_FIRST_MESSAGE: DisconnectCause = { code: 1008, reason: 'No message was sent' };
export const TOO_BIG: DisconnectCause = { code: 1009, reason: 'Message too big' };
/** What `DELETE @connections/ID` closes with. */
export const DELETED: DisconnectCause = { code: 1000, reason: 'Connection Closed Normally' };
/** The socket ended without a close frame. Never sent. */
export const VANISHED: DisconnectCause = { code: 1006, reason: '' };

/** The cause behind a close that the client began; `ws` says 1005 for a frame without a code, 1006 for no frame. */
export function closedByClient(code: number, reason: string): DisconnectCause {
  return { code, reason: code === 1005 ? 'Client-side close frame status not set' : reason };
}

/** The cause behind an error of the socket. For one of the protocol, `ws` has by then sent the close frame. */
export function brokenByClient(error: Error): DisconnectCause {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (!code.startsWith('WS_ERR_')) return VANISHED;
  if (code.startsWith('WS_ERR_UNSUPPORTED_')) return TOO_BIG;
  if (code === 'WS_ERR_INVALID_UTF8') return { code: 1007, reason: 'Invalid UTF-8' };
  if (code.startsWith('WS_ERR_TOO_MANY_')) return { code: 1008, reason: 'Too many fragments' };
  return { code: 1002, reason: 'Protocol error' };
}
