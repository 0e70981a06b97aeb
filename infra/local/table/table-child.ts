import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DISK_FULL } from '../disk-full.ts';
import { NO_ROOM } from './no-room.ts';

const CHILD_PATH = fileURLToPath(new URL('./dynalite-child.mjs', import.meta.url));
const STOP_MS = 3_000;

/** How a start went. `locked`: another process has the folder open, possibly one that is just dying. */
export type Started =
  | { state: 'ready'; port: number }
  | { state: 'locked' }
  | { state: 'failed'; message: string; isFull: boolean };

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Where it threw, if it could still tell. */
  crash: { error: string; at: string[]; isFull: boolean } | undefined;
}

export interface TableChild {
  pid: number | undefined;
  started: Promise<Started>;
  exited: Promise<Exit>;
  /** Lets the process end, by force after three seconds, and resolves when it has. */
  stop(): Promise<void>;
}

type Report =
  | { kind: 'ready'; port: number }
  | { kind: 'locked' }
  | { kind: 'failed'; message: string; isFull: boolean }
  | { kind: 'crashed'; error: string; at: string[]; isFull: boolean };

/** Starts one process on the LevelDB folder. */
export function startTableChild(levelFolder: string): TableChild {
  const child = fork(CHILD_PATH, [levelFolder, NO_ROOM, DISK_FULL.source], {
    // Neither our loader nor our debugger's port are for the child.
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: '' },
    // stderr could quote an item when dynalite throws; what may be known of that comes over IPC.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let crash: Exit['crash'];

  const exited = new Promise<Exit>((resolve) => {
    child.on('exit', (code, signal) => resolve({ code, signal, crash }));
    child.on('error', () => {
      if (child.pid === undefined) resolve({ code: null, signal: null, crash });
    });
  });

  const started = new Promise<Started>((resolve) => {
    child.on('message', (report: Report) => {
      if (report.kind === 'ready') resolve({ state: 'ready', port: report.port });
      else if (report.kind === 'locked') resolve({ state: 'locked' });
      else if (report.kind === 'failed') {
        resolve({ state: 'failed', message: report.message, isFull: report.isFull });
      } else crash = { error: report.error, at: report.at, isFull: report.isFull };
    });
    exited.then(({ code, signal }) => {
      const how = signal === null ? `code ${code}` : signal;
      resolve({
        state: 'failed',
        message: `its process ended with ${how} before it was ready`,
        isFull: crash?.isFull ?? false,
      });
    });
  });

  return { pid: child.pid, started, exited, stop: () => stop(child, exited) };
}

async function stop(child: ChildProcess, exited: Promise<Exit>): Promise<void> {
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  if (child.connected) child.disconnect();
  await exited;
  clearTimeout(force);
}
