import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTable } from '../../infra/local/table/create-table.ts';
import { startTableEngine } from '../../infra/local/table/table-engine.ts';

/** Where a table is, as the functions' environment tells them. */
export interface TableAddress {
  tableName: string;
  region: string;
  endpoint: string;
  close(): Promise<void>;
}

const REGION = 'us-east-1';

/** The embedded engine with an empty table in a folder of its own. */
export async function openEmbeddedTable(): Promise<TableAddress> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-board-'));
  const engine = await startTableEngine({ folder, log: () => {} });
  return openTableAt(engine.endpoint, 'tributary', REGION, async () => {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });
}

/** A table elsewhere, made if it is not there. Its items stay: each test works on uploads of its own. */
export async function openTableAt(
  endpoint: string,
  tableName: string,
  region = REGION,
  close = async () => {},
): Promise<TableAddress> {
  // The SDK signs every request; the embedded engine does not look.
  process.env.AWS_ACCESS_KEY_ID ??= 'test';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'test';
  await createTable(tableName, region, endpoint);
  return { tableName, region, endpoint, close };
}
