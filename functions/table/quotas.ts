import type { Quotas } from '../ports.ts';
import { quotaKey, ttlOf } from './keys.ts';
import type { Table } from './table.ts';

/** Fixed windows: one conditional write a count. At a window's edge twice as many get through, and no more. */
export function makeQuotas(table: Table, nowMs: () => number): Quotas {
  return {
    async take({ of, who, most, windowMs }) {
      const window = Math.floor(nowMs() / windowMs);
      const taken = await table.update(quotaKey(of, who, window), {
        update: 'SET taken = if_not_exists(taken, :none) + :one, ttlS = :ttl',
        condition: 'attribute_not_exists(taken) OR taken < :most',
        values: { ':none': 0, ':one': 1, ':most': most, ':ttl': ttlOf(nowMs() + windowMs) },
      });
      return taken !== undefined;
    },
  };
}
