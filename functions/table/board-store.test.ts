import { test } from 'vitest';
import { NO_DYNOXIDE, openDynoxide } from '../../test/support/dynoxide.ts';
import { openEmbeddedTable, openTableAt } from '../../test/support/embedded-table.ts';
import { type BoardStoreSkips, boardStoreContract } from './board-store.contract.ts';

// DYNAMODB_ENDPOINT (with TABLE_NAME and AWS_REGION, if they are to be others) puts the contract to another engine.
const { DYNAMODB_ENDPOINT: elsewhere, TABLE_NAME = 'tributary-contract', AWS_REGION } = process.env;

const unsigned = 'requests that are passed on would need a signature for another host';
const SIGNED: BoardStoreSkips = { T40: unsigned, T41: unsigned, T42: unsigned, T43: unsigned, T44: unsigned };

if (elsewhere) {
  const skips = elsewhere.startsWith('https:') ? SIGNED : {};
  boardStoreContract(
    `the table at ${elsewhere}`,
    () => openTableAt(elsewhere, TABLE_NAME, AWS_REGION),
    skips,
  );
} else {
  boardStoreContract('the embedded table', openEmbeddedTable);
  // What one engine lets pass another may not: the subset of the API that is used has to mean the same in both.
  if (NO_DYNOXIDE === undefined) boardStoreContract('dynoxide', openDynoxide);
  else test.skip(`dynoxide keeps the board store contract (skipped: ${NO_DYNOXIDE})`, () => {});
}
