import { spawn } from 'node:child_process';
import { makeUplink, type Uplink } from '../../support/uplink.ts';
import type { Links, Place } from './links.ts';

const here: Place = {
  spawn: (args, env) => spawn(process.execPath, [...args], { env, stdio: ['ignore', 'pipe', 'inherit'] }),
};

/** Where no namespaces can be made: each device reaches the server through a proxy that lets so much through. */
export function makeProxies(): Links {
  const uplinks: Uplink[] = [];
  return {
    kind: 'shaping proxies',
    payloadShare: 1,
    server: { ...here, host: '127.0.0.1' },
    open: (port, mbit) =>
      Promise.all(
        mbit.map(async (rate) => {
          let sentBytes = 0;
          const uplink = await makeUplink(port, (rate * 1_000_000) / 8, (chunk) => {
            sentBytes += chunk.length;
          });
          uplinks.push(uplink);
          return { ...here, mbit: rate, origin: uplink.origin, sentBytes: () => sentBytes };
        }),
      ),
    async close() {
      await Promise.all(uplinks.splice(0).map((uplink) => uplink.close()));
    },
  };
}
