import { makeCarrier } from '../engine/carrier.ts';
import { makeConnection } from '../engine/connection.ts';
import type { UploadOptions } from '../engine/upload.ts';
import { nodeClock } from './clock.ts';
import { makeOpenSocket } from './socket.ts';

/** Requests in flight at once. */
const AT_ONCE = 4;

/** What the engine needs of this machine. `page`: where the server's page is; all else is beside it. */
export function deviceOptions(page: URL, device: { key: string; name: string }): UploadOptions {
  const socketUrl = new URL('ws', page);
  socketUrl.protocol = page.protocol === 'https:' ? 'wss:' : 'ws:';
  const connection = makeConnection({
    openSocket: makeOpenSocket(socketUrl.href),
    clock: nodeClock,
    random: Math.random,
    device,
  });
  return {
    connection,
    clock: nodeClock,
    random: Math.random,
    resolve: (url) => new URL(url, page.origin).href,
    atOnce: AT_ONCE,
    makeCarrier,
  };
}
