import type { Notices } from '../ports.ts';
import { noticeKey, sentKey } from './keys.ts';
import type { Table } from './table.ts';

/**
 *     nothing ──begin──▶ telling(token, untilMs) ──end──▶ told
 *                             └─ untilMs passed: another token may take over
 *
 * Who dies between sending and `noteSent` leaves a letter that is sent again: twice is better than never.
 */
export function makeNotices(table: Table): Notices {
  return {
    async begin(upload, token, untilMs, nowMs) {
      const isNew = 'attribute_not_exists(pk)';
      const hasRunOut = '(#state = :telling AND untilMs <= :now)';
      const isOurs = '(#state = :telling AND noticeToken = :token)';
      const begun = await table.update(noticeKey(upload), {
        update: 'SET #state = :telling, noticeToken = :token, untilMs = :until',
        condition: `${isNew} OR ${hasRunOut} OR ${isOurs}`,
        names: { '#state': 'state' },
        values: { ':telling': 'telling', ':token': token, ':until': untilMs, ':now': nowMs },
      });
      if (begun) return 'begun';
      return (await this.isTold(upload)) ? 'told' : 'under-way';
    },
    async end(upload, token, nowMs) {
      await table.update(noticeKey(upload), {
        update: 'SET #state = :told, toldAtMs = :now',
        condition: 'noticeToken = :token',
        names: { '#state': 'state' },
        values: { ':told': 'told', ':token': token, ':now': nowMs },
      });
    },
    async isTold(upload) {
      return (await table.get(noticeKey(upload)))?.state === 'told';
    },
    async isSent(upload, who) {
      return (await table.get(sentKey(upload, who))) !== undefined;
    },
    async noteSent(upload, who) {
      await table.put({ ...sentKey(upload, who) });
    },
  };
}
