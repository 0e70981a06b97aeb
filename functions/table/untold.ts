import type { Stripes } from '../ports.ts';
import { untoldKey } from './keys.ts';
import type { Table } from './table.ts';

interface UntoldItem {
  /** Whose turn it is to tell, and until when that is believed. */
  leader?: string;
  untilMs?: number;
  stripes?: Set<number>;
  /** Raised by every change: what was read is all there is as long as it stays. */
  n?: number;
  /** `r17`: the speed of device 17. */
  [rate: `r${number}`]: number;
  /** `b17`: what device 17 has still to send. */
  [backlog: `b${number}`]: number;
}

/**
 * Changes that are still to be told, in one item an upload. Whoever adds to it when nobody's turn has begun takes it:
 *
 *     add ─▶ first? ours: wait, read, tell, empty it if nothing came since ─ no ─▶ leave it to whoever adds next
 *              └ no: theirs, unless their time has run out
 */
export function makeUntold(table: Table): Pick<Stripes, 'defer' | 'untold' | 'told' | 'resign'> {
  return {
    async defer(upload, { stripes, device, rateBps, backlogBytes }, { token, untilMs, nowMs }) {
      const key = untoldKey(upload);
      const says = backlogBytes === undefined ? '' : ', #backlog = :backlog';
      const item = (await table.update(key, {
        update: `SET leader = if_not_exists(leader, :me), untilMs = if_not_exists(untilMs, :until), #rate = :rate${says} ADD stripes :stripes, n :one`,
        names: { '#rate': `r${device}`, ...(says && { '#backlog': `b${device}` }) },
        values: {
          ':me': token,
          ':until': untilMs,
          ':rate': rateBps,
          ...(says && { ':backlog': backlogBytes }),
          ':stripes': new Set(stripes),
          ':one': 1,
        },
      })) as UntoldItem | undefined;
      if (item?.leader === token) return 'ours';
      if ((item?.untilMs ?? 0) > nowMs) return 'theirs';
      const taken = await table.update(key, {
        update: 'SET leader = :me, untilMs = :until',
        condition: 'leader = :other AND untilMs = :theirs',
        values: { ':me': token, ':until': untilMs, ':other': item?.leader, ':theirs': item?.untilMs },
      });
      return taken ? 'ours' : 'theirs';
    },

    async untold(upload, token) {
      const item = (await table.get(untoldKey(upload))) as UntoldItem | undefined;
      if (item?.leader !== token) return undefined;
      const said = (what: RegExp) =>
        Object.entries(item).flatMap(([name, value]) =>
          what.test(name) ? [[Number(name.slice(1)), Number(value)] as const] : [],
        );
      const [rates, backlogs] = [said(/^r\d+$/), said(/^b\d+$/)];
      return { stripes: [...(item.stripes ?? [])], rates, backlogs, n: item.n ?? 0 };
    },

    told(upload, token, { n }) {
      return table.put(
        { ...untoldKey(upload), n },
        { expression: 'leader = :me AND n = :n', values: { ':me': token, ':n': n } },
      );
    },

    async resign(upload, token) {
      await table.update(untoldKey(upload), {
        update: 'REMOVE leader, untilMs',
        condition: 'leader = :me',
        values: { ':me': token },
      });
    },
  };
}
