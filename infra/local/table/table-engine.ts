import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Front, openFront } from './front.ts';
import { hasRoom } from './room.ts';
import { startTableChild, type TableChild } from './table-child.ts';

export interface TableEngineOptions {
  /** Where the table lives; created if missing. */
  folder: string;
  log: (entry: { kind: string; [field: string]: unknown }) => void;
  /** How long to wait for a predecessor on this folder to die. */
  lockWaitMs?: number;
  /** How long a process has to have lived for its death not to count as one more of a row. */
  steadyMs?: number;
  /** The disk has filled up, or has room again: said once each time. */
  onFull?: (isFull: boolean) => void;
}

export interface TableEngine {
  /** `http://127.0.0.1:PORT`, the same for the engine's whole life. No signature is checked there. */
  endpoint: string;
  /** Whether the table has found no room for what it had to write. It answers 507 to everything then. */
  isFull(): boolean;
  /** Ends the process and resolves when it has ended. Requests under way are cut off. */
  close(): Promise<void>;
}

const LOCK_RETRY_MS = 100;
const MAX_RESTART_DELAY_MS = 5_000;
const STEADY_MS = 10_000;
const ROOM_RETRY_MS = 1_000;

/**
 * Starts an embedded DynamoDB (dynalite on LevelDB) in a process of its own and restarts it whenever it dies. A write
 * that was acknowledged survives the death of either process at any instant: LevelDB has handed it to the kernel by
 * then. (It does not survive a power failure: LevelDB does not sync each write.)
 *
 * @throws an Error that names the folder, if it cannot be written or another process has it open.
 */
export async function startTableEngine(options: TableEngineOptions): Promise<TableEngine> {
  const { folder, log, lockWaitMs = 10_000, steadyMs = STEADY_MS } = options;
  await makeWritable(folder);
  const levelFolder = join(folder, 'leveldb');
  const front = await openFront();
  const closing = new AbortController();
  const fullness = makeFullness(options);
  try {
    const first = await startFirst(levelFolder, folder, lockWaitMs);
    const supervised = supervise(first, {
      folder,
      levelFolder,
      front,
      log,
      steadyMs,
      fullness,
      closing: closing.signal,
    });
    return {
      endpoint: `http://127.0.0.1:${front.port}`,
      isFull: fullness.isFull,
      async close() {
        closing.abort();
        await supervised;
        await front.close();
      },
    };
  } catch (error) {
    await front.close();
    throw error;
  }
}

interface ReadyChild {
  child: TableChild;
  port: number;
}

/** A predecessor that was killed leaves its child a moment to notice, and the child has the lock until then. */
async function startFirst(levelFolder: string, folder: string, lockWaitMs: number): Promise<ReadyChild> {
  const giveUpAtMs = performance.now() + lockWaitMs;
  for (;;) {
    const child = startTableChild(levelFolder);
    const started = await child.started;
    if (started.state === 'ready') return { child, port: started.port };
    await child.stop();
    if (started.state === 'failed') throw new Error(`cannot open the table in ${folder}: ${started.message}`);
    if (performance.now() >= giveUpAtMs) throw new Error(`another Tributary is running on ${folder}`);
    await delay(LOCK_RETRY_MS);
  }
}

interface Fullness {
  isFull(): boolean;
  set(isFull: boolean): void;
}

function makeFullness({ log, onFull }: Pick<TableEngineOptions, 'log' | 'onFull'>): Fullness {
  let known = false;
  return {
    isFull: () => known,
    set(isFull) {
      if (isFull === known) return;
      known = isFull;
      log({ kind: isFull ? 'table-full' : 'table-room' });
      onFull?.(isFull);
    },
  };
}

interface Supervision {
  folder: string;
  levelFolder: string;
  front: Front;
  log: TableEngineOptions['log'];
  steadyMs: number;
  fullness: Fullness;
  closing: AbortSignal;
}

async function supervise(
  first: ReadyChild,
  { folder, levelFolder, front, log, steadyMs, fullness, closing }: Supervision,
): Promise<void> {
  const told = new Promise<'closing'>((resolve) => {
    closing.addEventListener('abort', () => resolve('closing'), { once: true });
  });
  let { child } = first;
  /** Undefined: it never was. */
  let readyAtMs: number | undefined = performance.now();
  let failures = 0;
  log({ kind: 'table-ready', pid: child.pid, port: first.port });
  front.forwardTo(first.port);

  for (;;) {
    const exit = await Promise.race([child.exited, told]);
    if (exit === 'closing') return child.stop();
    // The first restart is immediate, for somebody is waiting; one that does not help is not repeated in a hurry.
    if (readyAtMs !== undefined) {
      front.hold();
      if (performance.now() - readyAtMs >= steadyMs) failures = 0;
    }
    readyAtMs = undefined;
    const restartMs = failures === 0 ? 0 : Math.min(MAX_RESTART_DELAY_MS, 50 * 2 ** failures);
    failures++;
    log({ kind: 'table-died', pid: child.pid, ...exit, restartMs });
    if (exit.crash?.isFull) {
      fullness.set(true);
      front.refuseForRoom();
    }
    await delay(restartMs, undefined, { signal: closing }).catch(() => {});
    // A process that has no room would die again at its first write.
    while (fullness.isFull() && !closing.aborted && !(await hasRoom(folder))) {
      await delay(ROOM_RETRY_MS, undefined, { signal: closing }).catch(() => {});
    }
    if (closing.aborted) return;

    child = startTableChild(levelFolder);
    const started = await Promise.race([child.started, told]);
    if (started === 'closing') return child.stop();
    if (started.state !== 'ready') {
      log({ kind: 'table-restart-failed', ...started });
      // That may last, and whoever waits had better hear of it.
      if (started.state === 'failed' && started.isFull) fullness.set(true);
      if (fullness.isFull()) front.refuseForRoom();
      else front.refuse();
      continue;
    }
    readyAtMs = performance.now();
    fullness.set(false);
    log({ kind: 'table-ready', pid: child.pid, port: started.port });
    front.forwardTo(started.port);
  }
}

async function makeWritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Error(`cannot write to the table's folder ${folder} (${code})`, { cause });
  }
}
