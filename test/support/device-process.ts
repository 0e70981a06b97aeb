import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** `npm run device` in a process of its own. */
export interface DeviceProcess {
  child: ChildProcess;
  /** Resolves with the next line of standard output that is like this, said already or to come. */
  said(like: (line: string) => boolean): Promise<string>;
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

const entry = fileURLToPath(new URL('../../infra/setup/device.mjs', import.meta.url));

export function startDevice(args: readonly string[], env: Record<string, string> = {}): DeviceProcess {
  const child = spawn(process.execPath, [entry, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    tell();
  });
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    stdout: lines.join('\n'),
    stderr,
  }));
  return {
    child,
    ended,
    said: (like) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const line = lines.find(like);
          if (line === undefined) return;
          listeners.delete(look);
          resolve(line);
        };
        listeners.add(look);
        look();
        void ended.then(({ code }) =>
          reject(new Error(`it ended with ${code} and had not said it:\n${lines.join('\n')}\n${stderr}`)),
        );
      }),
  };
}
