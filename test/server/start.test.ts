import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect as connectTcp, createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { renderUnicodeCompact } from 'uqr';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type Client,
  createUpload,
  device,
  hashesOf,
  newSecrets,
  partOf,
  put,
  sync,
  syncOf,
} from '../support/client.ts';
import { serve } from '../support/running-server.ts';
import {
  type Environment,
  runToEnd,
  type StartedServer,
  startServerProcess,
} from '../support/started-server.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const MIB = 1_048_576;
const cleanUps: Array<() => unknown> = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(env: Environment = {}, command?: readonly string[]): Promise<StartedServer> {
  const server = await startServerProcess(env, command);
  cleanUps.push(() => server.dispose());
  return server;
}

const ask = (origin: string, path: string) => fetch(new URL(path, origin));

async function health(server: { origin: string }) {
  const response = await ask(server.origin, '/healthz');
  return { status: response.status, body: await response.json() };
}

/** Resolves when the table's process is gone: it is connected to here, and the connection ends with it. */
async function endOfTable(server: StartedServer): Promise<{ gone: Promise<unknown> }> {
  const { port } = await server.logged('table-ready');
  const socket = connectTcp(Number(port), '127.0.0.1');
  cleanUps.push(() => socket.destroy());
  socket.on('error', () => {});
  const gone = once(socket, 'close');
  await once(socket, 'connect');
  socket.resume();
  return { gone };
}

/** An upload of two parts, the first of them stored and reported. */
async function beginUpload(server: { origin: string }) {
  const bytes = randomBytes(6 * MIB);
  const secrets = newSecrets();
  const owner = await device(server.origin);
  const { upload, partBytes } = await createUpload(owner, bytes, secrets);
  await sync(owner, upload, { hashes: hashesOf(bytes, partBytes, [1, 2]) });
  const carry = async (by: Client, part: number) => {
    const granted = await sync(by, upload, { want: [part] });
    expect((await put(server.origin, granted, part, partOf(bytes, partBytes, part))).status).toBe(200);
    await sync(by, upload, { done: [part] });
  };
  await carry(owner, 1);
  return {
    owner,
    upload,
    secrets,
    /** What a device that comes back has to do before it may carry. */
    async prove(by: Client) {
      const { parts } = await by.expect('challenge', { type: 'offer', upload, sizeBytes: bytes.length });
      await by.expect('proven', { type: 'prove', upload, hashes: hashesOf(bytes, partBytes, parts) });
    },
    /** The second part, by this device, and what is then there to be downloaded. */
    async finish(by: Client) {
      await carry(by, 2);
      await by.hear('state', ({ state }) => state.state === 'finished');
      const { url } = await by.expect('link', { type: 'download', upload });
      const object = Buffer.from(await (await ask(server.origin, url)).arrayBuffer());
      expect(sha256Of(object)).toBe(sha256Of(bytes));
      return { url };
    },
  };
}

const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('a server that was told nothing but to take any port of loopback', () => {
  let server: StartedServer;
  beforeAll(async () => {
    server = await startServerProcess();
  });
  afterAll(() => server.dispose());

  test('says one line when it is ready, and has page, socket and health on that port', async () => {
    expect(server.stdout()).toEqual([`Tributary is ready: http://localhost:${server.port}`]);
    const page = await ask(server.origin, '/');
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('<title>Tributary');
    (await device(server.origin)).close();
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    expect(await health(server)).toEqual({ status: 200, body: { ok: true, version } });
  });

  test('a second one on its port says so in one line and ends', async () => {
    const { code, stdout, stderr } = await runToEnd({ PORT: String(server.port), ...freshFolder() });
    expect(stderr).toBe(
      `Port ${server.port} is in use. Choose another, for example: PORT=${server.port + 1} npm start\n`,
    );
    expect(code).toBe(1);
    expect(stdout).not.toContain('ready');
  });

  test.each([
    { elsewhere: 'nothing', env: {} },
    {
      // Then there is no table in the folder that could be locked.
      elsewhere: 'its table',
      env: { DYNAMODB_ENDPOINT: 'http://127.0.0.1:1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' },
    },
  ])(
    'a second one on its folder, with $elsewhere elsewhere, says so and ends, and the first goes on',
    async ({ env }) => {
      const { code, stderr } = await runToEnd({ ...env, DATA_DIR: server.dataFolder });
      expect(stderr).toBe(
        `Tributary cannot start: another Tributary is running on ${server.dataFolder}. ` +
          'Stop that one, or set DATA_DIR to another folder.\n',
      );
      expect(code).toBe(1);
      expect((await health(server)).status).toBe(200);
    },
  );
});

/** One that does not exist yet, two levels deep. */
function freshFolder(): { DATA_DIR: string } {
  const folder = join(tmpdir(), `tributary-start-${randomBytes(6).toString('hex')}`);
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  return { DATA_DIR: join(folder, 'a', 'b') };
}

describe('what cannot be is one line on stderr and a non-zero exit', () => {
  test('a setting', async () => {
    expect(await runToEnd({ PORT: 'http' })).toMatchObject({
      code: 1,
      stderr: 'PORT is "http"; expected a port from 0 (any free one) to 65535.\n',
    });
  });

  test('an address that is not of this machine', async () => {
    const { code, stderr } = await runToEnd({ HOST: '203.0.113.7', ...freshFolder() });
    expect(stderr).toBe('HOST is 203.0.113.7; this machine has no such address.\n');
    expect(code).toBe(1);
  });

  test('a folder that cannot be made', async () => {
    const { DATA_DIR } = freshFolder();
    const file = join(DATA_DIR, '../..');
    await writeFile(file, '');
    const { code, stderr } = await runToEnd({ DATA_DIR });
    expect(stderr).toBe(`The folder ${DATA_DIR} cannot be written. Set DATA_DIR to one that can.\n`);
    expect(code).toBe(1);
  });

  test('a table elsewhere that does not answer', async () => {
    const { code, stderr } = await runToEnd({
      DYNAMODB_ENDPOINT: 'http://127.0.0.1:1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
      ...freshFolder(),
    });
    expect(stderr).toBe(
      'Tributary cannot start: the table tributary at http://127.0.0.1:1 is not to be had: ' +
        'connect ECONNREFUSED 127.0.0.1:1\n',
    );
    expect(code).toBe(1);
  });

  test('a bucket elsewhere without credentials', async () => {
    const { code, stderr } = await runToEnd({ S3_BUCKET: 'theirs', ...freshFolder() });
    expect(stderr).toMatch(/^No AWS credentials were found, and S3_BUCKET needs them\..*\n$/);
    expect(code).toBe(1);
  });
});

test('on all addresses it names those of the network, the first as a QR code, and needs no profile of AWS', async () => {
  const server = await start({ HOST: '', AWS_PROFILE: 'one-that-is-not-there' });
  const lan = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => `http://${address}:${server.port}`);
  const key = (await readFile(join(server.dataFolder, 'instance-key'), 'utf8')).trim();
  const withKey = lan.map((origin) => `${origin}/#key=${key}`);
  const [first] = withKey;
  const { lan: told } = await (await ask(server.origin, '/address')).json();
  expect(told).toEqual(lan);
  await server.stop();
  await server.exited();
  expect(server.stdout().join('\n')).toBe(
    [
      `Tributary is ready: http://localhost:${server.port}`,
      ...(first
        ? [
            `On your network:    ${withKey.join('  ')}`,
            'Who has this address may upload from there. The links of an upload need no key.',
            '',
            renderUnicodeCompact(first, { border: 2 }),
          ]
        : []),
    ].join('\n'),
  );
});

test('it has its page for itself, whatever becomes of the built one', async () => {
  const server = await serve();
  cleanUps.push(() => server.close());
  await rm(join(server.dataFolder, '../page'), { recursive: true });
  expect(await (await ask(server.origin, '/')).text()).toContain('<title>Tributary');
});

describe('told to stop', () => {
  test('by SIGTERM, it tells its devices, ends with 0, and leaves no process behind', async () => {
    const server = await start();
    const table = await endOfTable(server);
    const owner = await device(server.origin);
    server.signal('SIGTERM');
    expect(await owner.closed).toBe(1001);
    expect(await server.exited()).toBe(0);
    await table.gone;
  });

  test('by Ctrl-C, which comes from the terminal and from npm at once, it ends with 0 all the same', async () => {
    const server = await start();
    const table = await endOfTable(server);
    const devices = await Promise.all([1, 2, 3].map(() => device(server.origin)));
    server.signal('SIGINT');
    // The server is closing by now.
    await Promise.race(devices.map(({ closed }) => closed));
    server.signal('SIGINT');
    expect(await server.exited()).toBe(0);
    await table.gone;
  });

  test.skipIf(process.platform === 'win32')(
    'by a signal to npm, which only reaches the shell between them, it ends as well',
    async () => {
      // Not the shell's last command, or the shell would become the server.
      const shell = ['/bin/sh', '-c', '"$0" infra/local/start.mjs; exit 9', process.execPath];
      const server = await start({ npm_lifecycle_event: 'start' }, shell);
      const table = await endOfTable(server);
      const owner = await device(server.origin);
      server.signal('SIGTERM');
      expect(await owner.closed).toBe(1001);
      await server.exited();
      await table.gone;
    },
  );
});

test('killed and started again at once, it has its port, its folder and all that was acknowledged', async () => {
  const server = await start();
  const { owner, secrets, prove, finish } = await beginUpload(server);
  const table = await endOfTable(server);
  await server.kill();
  await server.restart();
  await table.gone;
  expect(await owner.closed).toBe(1006);
  const again = await device(server.origin);
  const board = await again.expect('board', { type: 'join', secret: secrets.own });
  expect(board.stripes[0]).toMatchObject({ known: '3', done: '1' });
  await prove(again);
  await finish(again);
});

describe('the table’s process', () => {
  test('may die: whoever asks waits a moment for the next one, and the upload goes on', async () => {
    const server = await start();
    const { owner, finish } = await beginUpload(server);
    const { pid } = await server.logged('table-ready');
    process.kill(Number(pid), 'SIGKILL');
    expect((await health(server)).status).toBe(200);
    await finish(owner);
    expect((await server.logged('table-ready', 2)).pid).not.toBe(pid);
  });

  test('may not come up again for a while: the device is told so, and the upload goes on when it has', async () => {
    const server = await start();
    const { owner, upload, finish } = await beginUpload(server);
    const folder = join(server.dataFolder, 'table', 'leveldb');
    await rename(folder, `${folder}-kept`);
    await writeFile(folder, 'in the way');
    process.kill(Number((await server.logged('table-ready')).pid), 'SIGKILL');

    const { status, body } = await health(server);
    expect(status).toBe(503);
    expect(body).toMatchObject({ ok: false, failing: [expect.stringMatching(/^the table: ./)] });
    const { error } = await owner.expect('error', syncOf(upload, { want: [2] }));
    expect(error).toMatchObject({ kind: 'unavailable', minBackoffMs: expect.any(Number) });
    expect(error.message).toContain('What is done is kept');

    await rm(folder);
    await rename(`${folder}-kept`, folder);
    await server.logged('table-ready', 2);
    expect((await health(server)).status).toBe(200);
    await finish(owner);
  });
});

describe('what is elsewhere', () => {
  test('is used in place of what is embedded: the table, and the bucket to which devices send their parts', async () => {
    const theirs = await start();
    const { port } = await theirs.logged('table-ready');
    const DYNAMODB_ENDPOINT = `http://127.0.0.1:${port}`;
    const keys = JSON.parse(await readFile(join(theirs.dataFolder, 'store-credentials.json'), 'utf8'));
    const server = await start({
      S3_ENDPOINT: `${theirs.origin}/s3`,
      S3_BUCKET: 'tributary',
      S3_FORCE_PATH_STYLE: 'true',
      S3_ACCESS_KEY_ID: keys.accessKeyId,
      S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
      DYNAMODB_ENDPOINT,
      TABLE_NAME: 'not-the-usual-one',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
    });
    const { owner, finish } = await beginUpload(server);
    const { url } = await finish(owner);
    expect(new URL(url).origin).toBe(theirs.origin);
    expect(await readdir(join(theirs.dataFolder, 'objects', 'objects'))).toHaveLength(1);
    expect(await readdir(server.dataFolder)).not.toEqual(expect.arrayContaining(['table']));
    expect(await readdir(server.dataFolder)).not.toEqual(expect.arrayContaining(['objects']));
    const client = new DynamoDBClient({
      endpoint: DYNAMODB_ENDPOINT,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
    expect((await client.send(new ListTablesCommand())).TableNames).toEqual([
      'not-the-usual-one',
      'tributary',
    ]);
    client.destroy();
    expect((await health(server)).status).toBe(200);
  });

  test('may not answer: it is said at the start, in the health and to the device', async () => {
    const silent = await silentServer();
    const server = await start({
      S3_ENDPOINT: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      S3_BUCKET: 'theirs',
      S3_FORCE_PATH_STYLE: 'true',
      S3_ACCESS_KEY_ID: 'x',
      S3_SECRET_ACCESS_KEY: 'x',
    });
    const line = await server.said(/Not answering yet/);
    expect(line).toBe('Not answering yet, uploads have to wait: the store: no answer within 3000 ms.');
    await closeServer(silent);
    const { status, body } = await health(server);
    expect(status).toBe(503);
    expect(body.failing).toEqual([
      expect.stringMatching(/^the store: connect ECONNREFUSED 127\.0\.0\.1:\d+$/),
    ]);
    const owner = await device(server.origin);
    const file = { name: 'x', sizeBytes: 1, type: '' };
    const { error } = await owner.expect('error', { type: 'create', file, secrets: newSecrets() });
    expect(error.kind).toBe('unavailable');
  });
});

/** Takes connections and says nothing. */
async function silentServer(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    cleanUps.push(() => socket.destroy());
    server.once('closing', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function closeServer(server: Server): Promise<void> {
  server.emit('closing');
  server.close();
  await once(server, 'close');
}
