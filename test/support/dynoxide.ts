import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openTableAt, type TableAddress } from './embedded-table.ts';
import { freePort } from './free-port.ts';

const PROGRAM = fileURLToPath(new URL('../../node_modules/@dynoxide/linux-x64/dynoxide', import.meta.url));

/** Why the second engine cannot be had here, if it cannot: it is a program for Linux on x64, an optional dependency. */
export const NO_DYNOXIDE: string | undefined = existsSync(PROGRAM)
  ? undefined
  : `@dynoxide/linux-x64 is not installed (this is ${process.platform} on ${process.arch})`;

/** Another engine that speaks DynamoDB's API, written by others on SQLite, in memory. */
export async function openDynoxide(): Promise<TableAddress> {
  const port = await freePort();
  const child = spawn(PROGRAM, ['serve', '--port', String(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const listening = Promise.race(
    [child.stdout, child.stderr].map(
      (stream) =>
        new Promise<void>((resolve) => {
          createInterface({ input: stream }).on('line', (line) => {
            if (/listening/i.test(line)) resolve();
          });
        }),
    ),
  );
  const ended = exited.then(([code]) => Promise.reject(new Error(`dynoxide ended with ${code}`)));
  await Promise.race([listening, ended]);
  ended.catch(() => {});
  return openTableAt(`http://127.0.0.1:${port}`, 'tributary', undefined, async () => {
    child.kill();
    await exited;
  });
}
