import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CAN_FILL, fillTable } from '../../../test/support/full-table.ts';
import { startTableEngine, type TableEngineOptions } from './table-engine.ts';

type Entry = { kind: string; [field: string]: unknown };

interface Ready {
  pid: number;
  port: number;
}

let folder = '';
const cleanUps: (() => unknown)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-table-'));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  await rm(folder, { recursive: true, force: true });
});

/** Starts the engine and collects its log; `ready(n)` waits for the n-th process to be ready. */
async function start(options: Partial<TableEngineOptions> = {}) {
  const log: Entry[] = [];
  let changed = () => {};
  const engine = await startTableEngine({
    folder,
    log(entry) {
      log.push(entry);
      changed();
    },
    ...options,
  });
  cleanUps.push(() => engine.close());
  const of = (kind: string) => log.filter((entry) => entry.kind === kind);
  /** The first so many of a kind, once they have happened. */
  const entries = async (kind: string, count: number): Promise<Entry[]> => {
    while (of(kind).length < count) {
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
    }
    return of(kind).slice(0, count);
  };
  return {
    engine,
    kinds: () => log.map(({ kind }) => kind),
    entries,
    ready: async (n: number) => (await entries('table-ready', n))[n - 1] as unknown as Ready,
  };
}

/** The SDK's client with its ordinary retries. */
function clientOf(endpoint: string): DynamoDBClient {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  cleanUps.push(() => client.destroy());
  return client;
}

async function createTable(client: DynamoDBClient): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: 'Table',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'k', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'k', KeyType: 'HASH' }],
    }),
  );
  await waitUntilTableExists(
    { client, maxWaitTime: 5, minDelay: 0.01, maxDelay: 0.05 },
    { TableName: 'Table' },
  );
}

const put = (client: DynamoDBClient, key: string) =>
  client.send(
    new PutItemCommand({ TableName: 'Table', Item: { k: { S: key }, pad: { S: 'x'.repeat(500) } } }),
  );

async function has(client: DynamoDBClient, key: string): Promise<boolean> {
  const Key = { k: { S: key } };
  const { Item } = await client.send(new GetItemCommand({ TableName: 'Table', Key, ConsistentRead: true }));
  return Item !== undefined;
}

async function keysIn(client: DynamoDBClient): Promise<Set<string>> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'Table', ConsistentRead: true }));
  return new Set(Items.map(({ k }) => k?.S ?? ''));
}

/** A connection to the table's process itself: it closes when the process does. */
async function watch(port: number): Promise<{ closed: Promise<unknown> }> {
  const socket = connect(port, '127.0.0.1');
  cleanUps.push(() => socket.destroy());
  const closed = new Promise((resolve) => socket.on('close', resolve));
  await once(socket, 'connect');
  socket.on('error', () => {});
  socket.resume();
  return { closed };
}

describe('when the table process is killed', () => {
  test('it is restarted behind the same endpoint, and clients go on with their ordinary retries', async () => {
    const { engine, ready, kinds } = await start();
    const client = clientOf(engine.endpoint);
    await createTable(client);
    await put(client, 'before');
    process.kill((await ready(1)).pid, 'SIGKILL');
    await put(client, 'after');
    expect(await has(client, 'before')).toBe(true);
    expect(await has(client, 'after')).toBe(true);
    expect((await ready(2)).pid).not.toBe((await ready(1)).pid);
    expect(kinds()).toEqual(['table-ready', 'table-died', 'table-ready']);
  });

  test('in the midst of writes, again and again, no acknowledged write is lost', async () => {
    const { engine, ready } = await start();
    const client = clientOf(engine.endpoint);
    await createTable(client);
    const acknowledged: string[] = [];
    let going = true;
    let progress = () => {};
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let i = 0; going; i++) {
        const key = `${writer}-${i}`;
        await put(client, key).then(
          () => acknowledged.push(key),
          () => {}, // not acknowledged, so it may be there or not
        );
        progress();
      }
    });
    const atLeast = async (count: number) => {
      while (acknowledged.length < count) {
        await new Promise<void>((resolve) => {
          progress = resolve;
        });
      }
    };
    for (let kill = 1; kill <= 3; kill++) {
      await atLeast(acknowledged.length + 60);
      process.kill((await ready(kill)).pid, 'SIGKILL');
      await ready(kill + 1);
    }
    await atLeast(acknowledged.length + 20);
    going = false;
    await Promise.all(writers);
    const found = await keysIn(client);
    expect(acknowledged.filter((key) => !found.has(key))).toEqual([]);
  });
});

describe('when the table process cannot come up again', () => {
  /** A file in the way of the folder, as good as a full disk: LevelDB cannot open it. */
  async function obstruct() {
    const levelFolder = join(folder, 'leveldb');
    await rename(levelFolder, `${levelFolder}-kept`);
    await writeFile(levelFolder, '');
    return async () => {
      await rm(levelFolder);
      await rename(`${levelFolder}-kept`, levelFolder);
    };
  }

  test('clients are refused instead of kept waiting, and served again once it has', async () => {
    const { engine, ready } = await start();
    const client = clientOf(engine.endpoint);
    await createTable(client);
    await put(client, 'before');
    const clear = await obstruct();
    process.kill((await ready(1)).pid, 'SIGKILL');
    await expect(put(client, 'during')).rejects.toThrow(/hang up|ECONNRESET/);
    await clear();
    await ready(2);
    expect(await has(client, 'before')).toBe(true);
    await put(client, 'after');
  });

  test('it is tried again ever more slowly, however long it had run before', async () => {
    const { entries, ready } = await start({ steadyMs: 0 });
    const clear = await obstruct();
    process.kill((await ready(1)).pid, 'SIGKILL');
    const deaths = await entries('table-died', 4);
    await clear();
    await ready(2);
    expect(deaths.map(({ restartMs }) => restartMs)).toEqual([0, 100, 200, 400]);
  });
});

describe.skipIf(!CAN_FILL)('when the disk is full', () => {
  const BIG = 'x'.repeat(350_000);
  const putBig = (client: DynamoDBClient, key: string) =>
    client.send(new PutItemCommand({ TableName: 'Table', Item: { k: { S: key }, big: { S: BIG } } }));

  test('it says so to everybody until there is room again, and nothing that it took before is lost', async () => {
    const full: boolean[] = [];
    const { engine, ready, kinds } = await start({ onFull: (isFull) => full.push(isFull) });
    const client = clientOf(engine.endpoint);
    await createTable(client);
    const makeRoom = await fillTable(folder);
    const taken: string[] = [];
    let refused: unknown;
    while (refused === undefined) {
      const keys = Array.from({ length: 4 }, (_, i) => `${taken.length}-${i}`);
      for (const [i, put] of (await Promise.allSettled(keys.map((key) => putBig(client, key)))).entries()) {
        if (put.status === 'fulfilled') taken.push(keys[i] ?? '');
        else refused = put.reason;
      }
    }
    expect(refused).toMatchObject({ name: 'StorageFull', $metadata: { httpStatusCode: 507, attempts: 1 } });
    expect(taken.length).toBeGreaterThan(4);
    await expect(put(client, 'later')).rejects.toMatchObject({ name: 'StorageFull' });
    expect(engine.isFull()).toBe(true);

    await makeRoom();
    await ready(2);
    await put(client, 'later');
    expect(engine.isFull()).toBe(false);
    const found = await Promise.all(taken.map((key) => has(client, key)));
    expect(found).toEqual(taken.map(() => true));
    expect(full).toEqual([true, false]);
    expect(kinds()).toEqual(['table-ready', 'table-died', 'table-full', 'table-room', 'table-ready']);
  });
});

test('a client that aborts in mid-body costs nobody else anything', async () => {
  const { engine, ready, kinds } = await start();
  const client = clientOf(engine.endpoint);
  await createTable(client);
  for (const port of [new URL(engine.endpoint).port, (await ready(1)).port]) {
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    await new Promise<void>((written) => {
      socket.write(
        'POST / HTTP/1.1\r\nHost: table\r\nContent-Type: application/x-amz-json-1.0\r\n' +
          'X-Amz-Target: DynamoDB_20120810.PutItem\r\nContent-Length: 1000\r\n\r\n{"Table',
        () => written(),
      );
    });
    await put(client, 'during'); // the body's beginning has arrived by now
    socket.resetAndDestroy();
    await once(socket, 'close');
    await put(client, 'after');
  }
  expect(await has(client, 'after')).toBe(true);
  expect(kinds()).toEqual(['table-ready']);
});

describe('when the whole server is killed', () => {
  test('no process is left behind, and its successor finds every acknowledged write', async () => {
    const { parent, endpoint, child } = await startParent();
    const client = clientOf(endpoint);
    await createTable(client);
    await put(client, 'precious');
    const { closed } = await watch(child.port);
    parent.kill('SIGKILL');
    const { engine } = await start(); // at once: the orphan may hold the lock for a moment yet
    expect(await has(clientOf(engine.endpoint), 'precious')).toBe(true);
    await closed;
  });

  test('between the two writes of a CreateTable, its successor finishes the table', async () => {
    const before = await start();
    await createTable(clientOf(before.engine.endpoint));
    await before.engine.close();
    const { Level } = createRequire(createRequire(import.meta.url).resolve('dynalite'))('level');
    const level = new Level(join(folder, 'leveldb'), { valueEncoding: 'json' });
    await level.put('table~Table', { ...(await level.get('table~Table')), TableStatus: 'CREATING' });
    await level.close();
    const after = await start();
    const client = clientOf(after.engine.endpoint);
    await put(client, 'x');
    expect(await has(client, 'x')).toBe(true);
  });

  test('Ctrl-C for the whole process group leaves the end of the table to its parent', async () => {
    const { engine, ready } = await start();
    const client = clientOf(engine.endpoint);
    await createTable(client);
    const { pid } = await ready(1);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
    await put(client, 'still served');
    expect((await ready(1)).pid).toBe(pid);
    await engine.close();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

describe('a folder', () => {
  test('on which another one runs is refused with a clear error, and free again after close()', async () => {
    const { engine } = await start();
    const second = startTableEngine({ folder, log: () => {}, lockWaitMs: 1 });
    await expect(second).rejects.toThrow(`another Tributary is running on ${folder}`);
    await put(clientOf(engine.endpoint), 'x').catch(({ name }) =>
      expect(name).toBe('ResourceNotFoundException'),
    );
    await engine.close();
    await start();
  });

  test('that cannot be written is one clear error', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const start = startTableEngine({ folder: join(file, 'table'), log: () => {} });
    await expect(start).rejects.toThrow(/^cannot write to the table's folder .*file\/table \(ENOTDIR\)$/);
  });

  test('that LevelDB cannot open is one clear error', async () => {
    await writeFile(join(folder, 'leveldb'), 'not a folder');
    const start = startTableEngine({ folder, log: () => {} });
    await expect(start).rejects.toThrow(`cannot open the table in ${folder}: `);
  });
});

/** Runs the engine in a process of its own, which a test can kill without killing itself. */
async function startParent(): Promise<{ parent: ChildProcess; endpoint: string; child: Ready }> {
  const script = `
    const { startTableEngine } = await import(process.argv[1]);
    let ready;
    const log = (entry) => { if (entry.kind === 'table-ready') ready = entry; };
    const { endpoint } = await startTableEngine({ folder: process.argv[2], log });
    console.log(JSON.stringify({ endpoint, child: ready }));`;
  const engineUrl = new URL('./table-engine.ts', import.meta.url).href;
  const parent = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script, engineUrl, folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  cleanUps.push(() => parent.kill('SIGKILL'));
  for await (const line of createInterface({ input: parent.stdout })) return { parent, ...JSON.parse(line) };
  throw new Error('the parent process ended before its table was ready');
}
