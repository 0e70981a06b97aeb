import { makeCarrier } from '../carrier.ts';
import { makeConnection } from '../connection.ts';
import type { UploadOptions } from '../upload.ts';
import type { RulesServer } from './rules-server.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** The real engine on a line to the rules; of four puts at once, as on a page. */
export function deviceOn(
  clock: VirtualClock,
  server: RulesServer,
  name: string,
  random: () => number = () => 0.5,
): UploadOptions {
  const key = name.padEnd(22, '-');
  return {
    connection: makeConnection({ openSocket: server.openSocket, clock, random, device: { key, name } }),
    clock,
    random,
    resolve: (url) => `http://store.test${url}`,
    atOnce: 4,
    makeCarrier,
  };
}
