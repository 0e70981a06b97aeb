import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What `npm start` runs, in a process of its own, so that it can be killed. */
export interface StartedServer {
  port: number;
  dataFolder: string;
  /** SIGKILL: no handler of the server runs. */
  kill(): Promise<void>;
  /** On the same port and folder. */
  restart(): Promise<void>;
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>;
  /** Ends it however it is, and removes its folder. */
  dispose(): Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

export async function startServerProcess(): Promise<StartedServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-e2e-'));
  let running = await launch(folder, 0);
  const { port } = running;
  return {
    port,
    dataFolder: folder,
    async kill() {
      running.child.kill('SIGKILL');
      await running.exited;
    },
    async restart() {
      running = await launch(folder, port);
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

async function launch(folder: string, port: number) {
  const child: ChildProcess = spawn(process.execPath, ['infra/local/start.mjs'], {
    cwd: root,
    env: { ...process.env, PORT: String(port), HOST: '127.0.0.1', DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  if (!child.stdout) throw new Error('the server has no stdout');
  const ready = (async () => {
    for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
      const found = /^Tributary is ready: http:\/\/localhost:(\d+)$/.exec(line);
      if (found) return Number(found[1]);
    }
    throw new Error('the server ended before it was ready');
  })();
  return { child, exited, port: await ready };
}
