import { WebSocket as NodeSocket } from 'ws';
import { makePageConfig, socketAddress } from '../browser/page-config.ts';
import { makeOpenSocket } from '../browser/socket.ts';
import { makeCarrier } from '../engine/carrier.ts';
import { makeConnection } from '../engine/connection.ts';
import type { UploadOptions } from '../engine/upload.ts';
import { nodeClock } from './clock.ts';

/** Requests in flight at once, to begin with, and as many as it may come to while more of them bring more. */
const AT_ONCE = 4;
const AT_MOST = 8;

/** What the engine needs of this machine. `page`: where the page is; what is beside it says where all else is. */
export function deviceOptions(page: URL, device: { key: string; name: string }): UploadOptions {
  const config = makePageConfig(page.href);
  const connection = makeConnection({
    openSocket: makeOpenSocket(
      async () => socketAddress(await config(), page.href),
      // Its types say more than the standard's, and mean the same.
      NodeSocket as unknown as typeof WebSocket,
    ),
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
    atMost: AT_MOST,
    makeCarrier,
  };
}
