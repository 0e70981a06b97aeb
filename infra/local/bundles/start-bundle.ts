import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Log } from '../../../functions/ports.ts';
import type { LambdaFunction } from '../lambda/lambda.ts';

export interface RunningBundle {
  run: LambdaFunction;
  close(): Promise<void>;
}

interface Answer {
  id: number;
  value?: string;
  error?: { name?: string; message?: string; stack?: string };
}

/** Loads a bundle in a thread with this environment and no other. What it writes to its log comes to `log`. */
export async function startBundle(
  file: string,
  env: Record<string, string | undefined>,
  log: Log,
): Promise<RunningBundle> {
  const worker = new Worker(new URL('bundle-worker.mjs', import.meta.url), {
    workerData: { url: pathToFileURL(file).href },
    env,
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    createInterface({ input: stream }).on('line', (line) => log(entryOf(line)));
  }
  await once(worker, 'message');

  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  worker.on('message', (answer: Answer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  return {
    async run(event, context) {
      const id = ++lastId;
      const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve));
      const { getRemainingTimeInMillis, done, fail, succeed, ...plain } = context;
      const deadlineMs = Date.now() + getRemainingTimeInMillis();
      worker.postMessage({ id, event: JSON.stringify(event), context: plain, deadlineMs });
      const { value, error } = await answered;
      if (error) throw Object.assign(new Error(error.message), { name: error.name, stack: error.stack });
      return JSON.parse(value ?? 'null');
    },
    async close() {
      await worker.terminate();
    },
  };
}

/** A line of the functions' log, which is JSON; anything else is somebody else's. */
function entryOf(line: string): Parameters<Log>[0] {
  try {
    const { _aws, ...entry } = JSON.parse(line);
    return { kind: 'bundle', ...entry };
  } catch {
    return { kind: 'bundle', line };
  }
}
