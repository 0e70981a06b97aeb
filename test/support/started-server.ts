import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What `npm start` runs, in a process of its own, so that it can be killed. */
export interface StartedServer {
  port: number;
  origin: string;
  dataFolder: string;
  /** From the line that says it is ready on. */
  stdout(): string[];
  /** Resolves with the first line on stderr that matches, said already or to come. */
  said(match: RegExp): Promise<string>;
  /** Resolves once the log has so many lines of this kind, with the last of them. */
  logged(kind: string, count?: number): Promise<LogLine>;
  signal(signal: NodeJS.Signals): void;
  /** With the exit code, once the process and all that writes where it wrote are gone. */
  exited(): Promise<number | null>;
  /** SIGKILL: no handler of the server runs. */
  kill(): Promise<void>;
  /** On the same port and folder. */
  restart(): Promise<void>;
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>;
  /** Ends it however it is, and removes its folder. */
  dispose(): Promise<void>;
}

export interface LogLine {
  kind: string;
  [field: string]: unknown;
}

/** What it is told by its environment, beside a free port of loopback and a folder of its own. */
export type Environment = Record<string, string | undefined>;

const root = fileURLToPath(new URL('../..', import.meta.url));
const COMMAND = [process.execPath, 'infra/local/start.mjs'];
/** What the person at this machine may have set is not for the server under test. */
const OURS = /^(AWS_|S3_|npm_)|^(PORT|HOST|DATA_DIR|BUNDLES_FROM|DYNAMODB_ENDPOINT|TABLE_NAME)$/;
/** Nor are the credentials in their home, or those that a cloud gives to its machines. */
const ALWAYS = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/none',
  AWS_SHARED_CREDENTIALS_FILE: '/none',
};

/** `command`: another one than the server's own, which ends up running it. */
export async function startServerProcess(
  env: Environment = {},
  command: readonly string[] = COMMAND,
): Promise<StartedServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-e2e-'));
  let running = launch({ DATA_DIR: folder, ...env }, command);
  const port = await running.ready;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    dataFolder: folder,
    stdout: () => running.stdout,
    said: (match) => running.said(match),
    logged: (kind, count = 1) => logged(folder, kind, count),
    signal: (signal) => void running.child.kill(signal),
    exited: () => running.closed,
    async kill() {
      running.child.kill('SIGKILL');
      await running.exited;
    },
    async restart() {
      running = launch({ DATA_DIR: folder, ...env, PORT: String(port) }, command);
      await running.ready;
    },
    async stop() {
      running.child.kill('SIGTERM');
      return running.exited;
    },
    async dispose() {
      running.child.kill('SIGKILL');
      await running.exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a server that cannot start, to its end. */
export async function runToEnd(
  env: Environment,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawnServer(env, COMMAND);
  const out = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (chunk) => {
      out[stream] += chunk;
    });
  }
  const [code] = await once(child, 'close');
  return { code, ...out };
}

function spawnServer(env: Environment, [program = '', ...args]: readonly string[]): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  return spawn(program, args, {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...ALWAYS, PORT: '0', HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function launch(env: Environment, command: readonly string[]) {
  const child = spawnServer(env, command);
  const stdout: string[] = [];
  const stderr: string[] = [];
  const listeners = new Set<() => void>();
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const closed = once(child, 'close').then(([code]) => code as number | null);
  const ready = new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
      const found = /^Tributary is ready: http:\/\/localhost:(\d+)$/.exec(line);
      if (found || stdout.length > 0) stdout.push(line);
      if (found) resolve(Number(found[1]));
    });
    closed.then(() => reject(new Error(`the server ended before it was ready: ${stderr.join('\n')}`)));
  });
  createInterface({ input: child.stderr ?? process.stdin }).on('line', (line) => {
    stderr.push(line);
    for (const listener of listeners) listener();
  });
  const said = (match: RegExp) =>
    new Promise<string>((resolve) => {
      const look = () => {
        const line = stderr.find((one) => match.test(one));
        if (line === undefined) return;
        listeners.delete(look);
        resolve(line);
      };
      listeners.add(look);
      look();
    });
  return { child, stdout, exited, closed, ready, said };
}

async function logged(dataFolder: string, kind: string, count: number): Promise<LogLine> {
  const path = join(dataFolder, 'tributary.log');
  const stop = new AbortController();
  const changes = watch(path, { signal: stop.signal })[Symbol.asyncIterator]();
  // Begins to watch; what is written from here on is a change.
  let change = changes.next();
  try {
    for (;;) {
      const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.endsWith('}'));
      const line = lines.map((text) => JSON.parse(text) as LogLine).filter((one) => one.kind === kind)[
        count - 1
      ];
      if (line) return line;
      await change;
      change = changes.next();
    }
  } finally {
    change.catch(() => {}); // aborted
    stop.abort();
  }
}
