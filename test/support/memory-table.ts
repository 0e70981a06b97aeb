import { itemBytes, readUnits, writeUnits } from '../../functions/metering/item-size.ts';
import type { TableMeter } from '../../functions/metering/meter.ts';
import type { Key } from '../../functions/table/keys.ts';
import type { Item, Table } from '../../functions/table/table.ts';
import { applyUpdate, holds } from './expressions.ts';

interface Stored {
  item: Key & Item;
  sizeBytes: number;
}

/**
 * The table in memory, for simulations that drive the real adapters of functions/table without a process behind them.
 * `meter` is told the units that DynamoDB would bill, computed from the items' sizes. Every operation takes place at
 * once, in the order of the calls; whoever wants delay or failure wraps it.
 */
export function makeMemoryTable(meter?: TableMeter): Table {
  /** By partition, then by sort key. */
  const partitions = new Map<string, Map<string, Stored>>();

  const at = ({ pk, sk }: Key): Stored | undefined => partitions.get(pk)?.get(sk);

  const store = (item: Key & Item): void => {
    const partition = partitions.get(item.pk) ?? new Map<string, Stored>();
    partitions.set(item.pk, partition);
    partition.set(item.sk, { item, sizeBytes: itemBytes(item) });
  };

  const wrote = (key: Key, before: Stored | undefined): void =>
    meter?.wrote(key, writeUnits(before?.sizeBytes ?? 0, at(key)?.sizeBytes ?? 0));

  return {
    async get(key) {
      const stored = at(key);
      meter?.read(key, readUnits(stored?.sizeBytes ?? 0));
      return stored && { ...stored.item };
    },
    async query(pk, skPrefix) {
      const found = [...(partitions.get(pk) ?? [])].filter(([sk]) => sk.startsWith(skPrefix));
      const sum = found.reduce((bytes, [, { sizeBytes }]) => bytes + sizeBytes, 0);
      meter?.read({ pk, sk: skPrefix }, readUnits(sum));
      return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { item }]) => ({ ...item }));
    },
    async some(pk, { after, before }, limit) {
      const found = [...(partitions.get(pk) ?? [])]
        .filter(([sk]) => (after === undefined || sk > after) && (before === undefined || sk < before))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit);
      const sum = found.reduce((bytes, [, { sizeBytes }]) => bytes + sizeBytes, 0);
      meter?.read({ pk, sk: after ?? '' }, readUnits(sum));
      return found.map(([, { item }]) => ({ ...item }));
    },
    async put(item, condition) {
      const key = { pk: item.pk, sk: item.sk };
      const before = at(key);
      const isAllowed = condition === undefined || holds(condition.expression, before?.item, condition);
      if (isAllowed) store(withoutUndefined(item));
      wrote(key, before);
      return isAllowed;
    },
    async update(key, change) {
      const before = at(key);
      const isAllowed = change.condition === undefined || holds(change.condition, before?.item, change);
      if (!isAllowed) {
        wrote(key, before);
        return undefined;
      }
      const { item, touched } = applyUpdate(change.update, before?.item ?? {}, change);
      store({ ...item, ...key });
      wrote(key, before);
      return touched;
    },
    async delete(key) {
      const before = at(key);
      partitions.get(key.pk)?.delete(key.sk);
      wrote(key, before);
    },
  };
}

function withoutUndefined(item: Key & Item): Key & Item {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)) as Key & Item;
}
