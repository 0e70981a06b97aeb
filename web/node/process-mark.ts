import { readFile } from 'node:fs/promises';

/**
 * A process, so that a later one of the same number is not taken for it: its number and, where there is a /proc, the
 * boot of its system and the moment of its start.
 */
export async function markOf(pid: number): Promise<string> {
  const now = await look(pid);
  return now?.started === undefined ? String(pid) : `${pid} ${now.started}`;
}

/** The number of the process with this mark, if it lives still: not as a zombie, and not another one of its number. */
export async function livingPid(mark: string): Promise<number | undefined> {
  const [first = '', ...rest] = mark.trim().split(' ');
  const pid = Number(first);
  // In a container every start may have the same number: it cannot be another process.
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid || !isThere(pid)) return undefined;
  const now = await look(pid);
  // Nothing more is told of it: by another user, or by a system without a /proc.
  if (!now) return pid;
  const started = rest.join(' ');
  const isOther = started !== '' && started !== now.started;
  return now.isDead || isOther ? undefined : pid;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Places in /proc/PID/stat, counted from behind the name, which may hold anything (proc_pid_stat(5)). */
const STATE = 0;
const START_TICKS = 19;

async function look(pid: number): Promise<{ isDead: boolean; started: string } | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const isDead = /^[ZX]$/i.test(fields[STATE] ?? '');
    return { isDead, started: `${boot.trim()} ${fields[START_TICKS]}` };
  } catch {
    return undefined;
  }
}
