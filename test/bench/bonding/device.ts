import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Link } from './links.ts';

/** What `npm run device -- … --json` says, as far as it matters here. */
export interface Progress {
  kind: 'progress';
  phase: string;
  doneParts: number;
  ownParts: number;
  partCount: number;
}

/** A device on its line. Times are of this process's monotonic clock. */
export interface BenchDevice {
  link: Link;
  /** When its board was open. */
  opened: Promise<number>;
  /** The link for other devices, of one that created the upload. */
  help: Promise<string>;
  onProgress(listener: (progress: Progress) => void): void;
  /** Its parts as last heard of. */
  ownParts(): number;
  ended: Promise<{ code: number | null; atMs: number }>;
  kill(): void;
}

const ENTRY = 'infra/setup/device.mjs';

export function startDevice(
  link: Link,
  what: readonly string[],
  stateFolder: string,
  name: string,
): BenchDevice {
  const args = [ENTRY, ...what, '--json', '--name', name, '--state', join(stateFolder, name)];
  const child: ChildProcess = link.spawn(args, process.env);
  const listeners: Array<(progress: Progress) => void> = [];
  let ownParts = 0;
  let sayOpened = (_: number) => {};
  let sayHelp = (_: string) => {};
  const opened = new Promise<number>((resolve) => {
    sayOpened = resolve;
  });
  const help = new Promise<string>((resolve) => {
    sayHelp = resolve;
  });
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
    const said = JSON.parse(line);
    if (said.kind === 'links') sayHelp(said.help);
    if (said.kind !== 'progress') return;
    sayOpened(performance.now());
    ownParts = said.ownParts;
    for (const listener of listeners) listener(said);
  });
  return {
    link,
    opened,
    help,
    onProgress: (listener) => listeners.push(listener),
    ownParts: () => ownParts,
    ended: once(child, 'close').then(([code]) => ({ code, atMs: performance.now() })),
    kill: () => void child.kill('SIGKILL'),
  };
}
