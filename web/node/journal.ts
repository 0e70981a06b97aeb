import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { Secret } from '../../protocol/messages/common.ts';
import { livingPid, markOf } from './process-mark.ts';

/** What this machine remembers of one upload: enough to go on as the same device. Readable by this user only. */
export const JournalEntry = z.object({
  /** The key by which the server knows this device again. */
  deviceKey: Secret,
  /** Of an upload that was begun here. */
  secrets: z.object({ own: Secret, help: Secret, watch: Secret }).optional(),
  /** Bytes that all runs together have sent, as an allowance counts them. */
  spentBytes: z.number().optional(),
  /** Parts that were stored and not reported yet. */
  landed: z.array(z.number()).optional(),
  /** As it was when this was begun. */
  file: z.object({ path: z.string(), sizeBytes: z.number(), modifiedAtMs: z.number() }).optional(),
});
export type JournalEntry = z.infer<typeof JournalEntry>;

export interface Journal {
  entry: JournalEntry | undefined;
  /** Why nothing can be written there: it is read, and no other process is kept from it. */
  trouble: unknown;
  save(entry: JournalEntry): Promise<void>;
  forget(): Promise<void>;
  /** Lets another process go on with the same. */
  release(): Promise<void>;
}

/** Another process is at the same thing already. */
export class AlreadyRunning extends Error {}

export const newSecret = (): string => randomBytes(16).toString('base64url');

/** As each system wants it. */
export function defaultStateFolder(env: NodeJS.ProcessEnv): string {
  const base =
    process.platform === 'win32'
      ? (env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'))
      : (env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'));
  return join(base, 'tributary');
}

/**
 * Opens what is remembered under these names (they may hold a secret, so the file is named by their hash) and keeps
 * other processes from it: two with the same key would be one device, and carry everything twice.
 * Throws AlreadyRunning, and nothing else.
 */
export async function openJournal(folder: string, names: readonly string[]): Promise<Journal> {
  const id = createHash('sha256').update(JSON.stringify(names)).digest('hex').slice(0, 16);
  const path = join(folder, `${id}.json`);
  const lock = join(folder, `${id}.lock`);
  const trouble = await hold(folder, lock);
  /** One change after the other: the last one asked for is the one that stays. */
  let last: Promise<void> = Promise.resolve();
  const then = (change: () => Promise<void>) => {
    last = last.then(change, change);
    return last;
  };
  return {
    entry: await read(path),
    trouble,
    save: (entry) =>
      then(async () => {
        // Whole or not at all: half a file would be another device.
        await writeFile(`${path}.new`, JSON.stringify(entry), { mode: 0o600, flush: true });
        await rename(`${path}.new`, path);
      }),
    forget: () => then(() => rm(path, { force: true })),
    release: () => then(() => rm(lock, { force: true })).catch(() => {}),
  };
}

/** Unreadable, or of another version: as if there were none. */
async function read(path: string): Promise<JournalEntry | undefined> {
  try {
    return JournalEntry.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** What keeps this process from it, unless it is another one. */
async function hold(folder: string, lock: string): Promise<unknown> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await take(lock);
    return undefined;
  } catch (error) {
    if (error instanceof AlreadyRunning) throw error;
    return error;
  }
}

async function take(lock: string): Promise<void> {
  // Where nothing can be written, who has it can still be read.
  await unlessHeld(lock);
  await alone(`${lock}.taking`, async () => {
    await unlessHeld(lock);
    // Not there, or its process died without giving it back.
    await writeFile(lock, await markOf(process.pid));
  });
}

async function unlessHeld(lock: string): Promise<void> {
  const pid = await livingPid(await readFile(lock, 'utf8').catch(() => ''));
  if (pid === undefined) return;
  throw new AlreadyRunning(
    `This is running already, as process ${pid}. If that process is something else, remove ${lock}.`,
  );
}

/** Looking and taking are over within milliseconds: who needs so long was killed in between. */
const TAKEN_WITHIN_MS = 5_000;
const LOOK_AGAIN_MS = 20;

/**
 * Of several processes that look and take at the same time, each would find the other's lock half written, or remove it
 * in place of the dead one's: so one does after the other. Only one of them can make the folder.
 */
async function alone(folder: string, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await mkdir(folder);
      break;
    } catch (error) {
      if (!isSystemError(error, 'EEXIST')) throw error;
    }
    const made = await stat(folder).catch(() => undefined);
    // Later than now as well: the clock was set meanwhile.
    const isLeft = made && Math.abs(Date.now() - made.mtimeMs) > TAKEN_WITHIN_MS;
    if (isLeft) await rm(folder, { recursive: true, force: true });
    else await setTimeout(LOOK_AGAIN_MS);
  }
  try {
    await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
