import type { Item, Table } from '../../functions/table/table.ts';

/** The same table with partitions that nobody else has, so that scenes which look at everything may share an engine. */
export function ownPartitions(table: Table, name: string): Table {
  const own = <Keyed extends { pk: string }>(keyed: Keyed): Keyed => ({
    ...keyed,
    pk: `${name}/${keyed.pk}`,
  });
  const plain = (item: Item): Item => ({ ...item, pk: String(item.pk).slice(name.length + 1) });
  return {
    async get(key) {
      const item = await table.get(own(key));
      return item && plain(item);
    },
    query: async (pk, skPrefix) => (await table.query(`${name}/${pk}`, skPrefix)).map(plain),
    some: async (pk, range, limit) => (await table.some(`${name}/${pk}`, range, limit)).map(plain),
    put: (item, condition) => table.put(own(item), condition),
    update: (key, change) => table.update(own(key), change),
    delete: (key) => table.delete(own(key)),
  };
}
