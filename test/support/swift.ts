import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { OpenBucket } from '../../infra/local/objectstore/bucket.contract.ts';
import { freePort } from './free-port.ts';

const STORES = ['account', 'container', 'object'] as const;
const PROGRAMS = ['ring-builder', 'proxy-server', ...STORES.map((one) => `${one}-server`)];
const program = (name: string) => `/usr/bin/swift-${name}`;
const missing = [...PROGRAMS.map(program), '/usr/bin/setpriv', '/etc/swift/swift.conf'].filter(
  (path) => !existsSync(path),
);

/** Why OpenStack Swift cannot be had here, if it cannot. */
export const NO_SWIFT: string | undefined =
  missing.length === 0
    ? undefined
    : `${missing[0]} is not there; apt-get install swift-proxy swift-account swift-container swift-object`;

const REGION = 'us-east-1';
/** Four programs in Python, on a machine that may be busy. */
const START_WITHIN_MS = 60_000;

/**
 * Another engine that speaks S3, written by others: OpenStack Swift as Debian packages it, one process a kind on loopback,
 * with objects in memory and everything else in a folder that goes away with it.
 */
export async function openSwift(): Promise<OpenBucket> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-swift-'));
  const children: ChildProcess[] = [];
  const close = async () => {
    const ends = children.map((child) => (child.exitCode === null ? once(child, 'exit') : undefined));
    for (const child of children) child.kill('SIGKILL'); // they fork nothing: `workers = 0`
    await Promise.all(ends);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const ports = await configure(folder);
    for (const kind of [...STORES, 'proxy']) {
      // Whatever becomes of this process, they go with it.
      const command = ['--pdeathsig', 'KILL', program(`${kind}-server`), join(folder, `${kind}-server.conf`)];
      children.push(spawn('/usr/bin/setpriv', command, { stdio: 'ignore', env: { PATH: process.env.PATH } }));
    }
    const client = new S3Client({
      endpoint: `http://127.0.0.1:${ports.proxy}`,
      forcePathStyle: true,
      region: REGION,
      credentials: { accessKeyId: 'test:tester', secretAccessKey: 'testing' },
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    for (const port of Object.values(ports)) await listening(port, children);
    await client.send(new CreateBucketCommand({ Bucket: 'tributary' }));
    return {
      client,
      bucket: 'tributary',
      knowsSha256: false,
      async close() {
        client.destroy();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Writes what the four servers read, but for the package's own `swift.conf`. Answers their ports; `proxy` speaks S3. */
async function configure(folder: string): Promise<Record<string, number>> {
  await mkdir(join(folder, 'devices/d1'), { recursive: true });
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const common = `swift_dir = ${folder}\nbind_ip = 127.0.0.1\nworkers = 0\nuser = ${userInfo().username}\nlog_address = /dev/null`;
  const ports: Record<string, number> = {};
  const rings: Promise<void>[] = [];
  for (const kind of STORES) {
    const port = await freePort();
    ports[kind] = port;
    rings.push(makeRing(folder, kind, port));
    await write(
      `${kind}-server.conf`,
      `[DEFAULT]\n${common}\nbind_port = ${port}\ndevices = ${folder}/devices\nmount_check = false\nfallocate_reserve = 0
[pipeline:main]\npipeline = ${kind}-server\n[app:${kind}-server]\nuse = egg:swift#${kind === 'object' ? 'mem_object' : kind}\n`,
    );
  }
  ports.proxy = await freePort();
  const filters = ['catch_errors', 'gatekeeper', 'memcache', 'bulk', 's3api', 'tempauth', 'slo', 'dlo'];
  const more: Record<string, string> = {
    memcache: 'memcache_servers = 127.0.0.1:1\n', // there is none, and it goes without
    s3api: `location = ${REGION}\ncors_preflight_allow_origin = *\n`,
    tempauth: 'user_test_tester = testing .admin\n',
  };
  await write(
    'proxy-server.conf',
    `[DEFAULT]\n${common}\nbind_port = ${ports.proxy}\n[pipeline:main]\npipeline = ${filters.join(' ')} proxy-server
[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\ncors_allow_origin = *\ncors_expose_headers = etag\n${filters
      .map((name) => `[filter:${name}]\nuse = egg:swift#${name}\n${more[name] ?? ''}`)
      .join('')}`,
  );
  await Promise.all(rings);
  return ports;
}

/** A ring of one: where the only copy of everything is. */
async function makeRing(folder: string, kind: string, port: number): Promise<void> {
  const run = (...args: string[]) =>
    promisify(execFile)(program('ring-builder'), [`${kind}.builder`, ...args], { cwd: folder });
  await run('create', '1', '1', '0');
  await run('add', `r1z1-127.0.0.1:${port}/d1`, '1');
  await run('rebalance');
}

async function listening(port: number, children: readonly ChildProcess[]): Promise<void> {
  const untilMs = Date.now() + START_WITHIN_MS;
  while (Date.now() < untilMs) {
    const ended = children.find(({ exitCode }) => exitCode !== null);
    if (ended) throw new Error(`${ended.spawnargs.join(' ')} ended with ${ended.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const [is] = await Promise.race([
      once(socket, 'connect').then(() => [true]),
      once(socket, 'error').then(() => [false]),
    ]).catch(() => [false]);
    socket.destroy();
    if (is) return;
    await sleep(100);
  }
  throw new Error(`expected Swift to listen on ${port} within ${START_WITHIN_MS} ms`);
}
