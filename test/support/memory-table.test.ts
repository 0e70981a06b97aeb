import { boardStoreContract } from '../../functions/table/board-store.contract.ts';
import { makeMemoryTable } from './memory-table.ts';

const noWire = 'there is no line to this table';

boardStoreContract(
  'the table in memory',
  async () => {
    const table = makeMemoryTable();
    return { tableName: '', region: '', endpoint: '', tableAt: () => table, close: async () => {} };
  },
  { T40: noWire, T41: noWire, T42: noWire, T43: noWire, T44: noWire },
);
