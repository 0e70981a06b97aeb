import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GatewayLimits } from '../../infra/local/gateway/limits.ts';
import { startServer } from '../../infra/local/server.ts';
import { readSettings } from '../../infra/local/settings.ts';
import type { Limits } from '../../protocol/limits.ts';

export interface ServerUnderTest {
  origin: string;
  dataFolder: string;
  log: Array<{ kind: string; [field: string]: unknown }>;
  close(): Promise<void>;
}

/** The whole of `npm start` in this process, on any free port of loopback and a folder of its own. */
export async function serve(
  options: {
    limits?: GatewayLimits;
    rations?: Limits;
    nowMs?: () => number;
    tell?: (line: string) => void;
  } = {},
): Promise<ServerUnderTest> {
  process.env.AWS_ACCESS_KEY_ID ??= 'test';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'test';
  const folder = await mkdtemp(join(tmpdir(), 'tributary-test-'));
  const pageFolder = join(folder, 'page');
  await mkdir(pageFolder);
  await writeFile(join(pageFolder, 'index.html'), '<!doctype html><title>Tributary</title>');
  const dataFolder = join(folder, 'data');
  const log: ServerUnderTest['log'] = [];
  const server = await startServer({
    settings: readSettings({ PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataFolder }),
    pageFolder,
    version: 'test',
    log: (entry) => log.push(entry),
    ...options,
  });
  return {
    origin: `http://127.0.0.1:${server.port}`,
    dataFolder,
    log,
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
