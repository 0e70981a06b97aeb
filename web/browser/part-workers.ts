import type { PartRange } from '../../protocol/board/geometry.ts';
import { CODE_AGAIN, waitAtLeastMs } from '../engine/backoff.ts';
import type { FilePort, HashOutcome, PutOutcome, Task } from '../engine/ports.ts';
import type { FromPartWorker, ToPartWorker } from './part-messages.ts';
import type { Trace } from './trace.ts';

const WORKERS = 2;

/** Workers that read, hash and send parts, shared by all files of the page. Made early: starting one takes time. */
export interface PartWorkers {
  open(file: File): FilePort;
}

interface Job {
  message: ToPartWorker;
  startByte: number;
  sent(sentBytes: number): void;
  done(outcome: HashOutcome | PutOutcome): void;
}

export function makePartWorkers(trace?: Trace): PartWorkers {
  const files = new Map<number, Blob>();
  let lastJob = 0;
  let lastFile = 0;
  const crew = Array.from({ length: WORKERS }, () => makePartWorker(files, trace));
  // Hashed natively, parts that follow one another are read as one stream, by one worker. WebAssembly keeps a core busy.
  const [hashers, senders] = crypto.subtle ? [crew.slice(0, 1), crew.slice(1)] : [crew, crew];

  const run = <Outcome extends HashOutcome | PutOutcome>(
    workers: readonly PartWorker[],
    { startByte }: PartRange,
    message: (job: number) => ToPartWorker,
    sent: (sentBytes: number) => void,
  ): Task<Outcome> => {
    const job = ++lastJob;
    const worker = leastBusy(workers);
    const result = new Promise<Outcome>((resolve) => {
      const done = (outcome: HashOutcome | PutOutcome) => resolve(outcome as Outcome);
      worker.take(job, { message: message(job), startByte, sent, done });
    });
    return { result, abort: () => worker.abort(job) };
  };

  return {
    open(blob) {
      const file = ++lastFile;
      files.set(file, blob);
      for (const worker of crew) worker.post({ kind: 'file', file, blob });
      return {
        name: blob.name,
        sizeBytes: blob.size,
        type: blob.type,
        modifiedAtMs: blob.lastModified,
        hash: (range) =>
          run<HashOutcome>(
            hashers,
            range,
            (job) => ({ kind: 'hash', job, file, range }),
            () => {},
          ),
        put: (range, request, onSent) =>
          run<PutOutcome>(senders, range, (job) => ({ kind: 'put', job, file, range, request }), onSent),
        close() {
          files.delete(file);
          for (const worker of crew) worker.post({ kind: 'close', file });
        },
      };
    },
  };
}

function leastBusy(workers: readonly PartWorker[]): PartWorker {
  return workers.reduce((least, one) => (one.jobs() < least.jobs() ? one : least));
}

interface PartWorker {
  /** How many it has been given and not done. */
  jobs(): number;
  take(number: number, job: Job): void;
  abort(number: number): void;
  post(message: ToPartWorker): void;
}

/** One worker, and after it another one, should its script or what it hashes with not load. */
function makePartWorker(files: ReadonlyMap<number, Blob>, trace: Trace | undefined): PartWorker {
  const jobs = new Map<number, Job>();
  let failures = 0;
  /** Undefined while one that failed is yet to be made again. */
  let worker: Worker | undefined;

  const finish = (number: number, outcome: HashOutcome | PutOutcome) => {
    const job = jobs.get(number);
    jobs.delete(number);
    job?.done(outcome);
  };

  const heard = (data: FromPartWorker) => {
    if (data.kind === 'lame') return failed();
    failures = 0;
    if (data.kind === 'sent') {
      for (const [job, sentBytes] of data.sent) jobs.get(job)?.sent(sentBytes);
      return;
    }
    const startByte = jobs.get(data.job)?.startByte ?? 0;
    trace?.({ kind: data.kind, ...data.took, startByte });
    finish(data.job, data.outcome);
  };

  /** A part that was being sent is the engine's to try again; hashes wait here, for nothing else can be done with them. */
  const failed = () => {
    if (!worker) return;
    worker.terminate();
    worker = undefined;
    failures += 1;
    for (const [number, { message }] of [...jobs]) {
      if (message.kind === 'put') finish(number, { state: 'failed', reason: 'network' });
    }
    setTimeout(start, waitAtLeastMs(CODE_AGAIN, failures, Math.random()));
  };

  const start = () => {
    worker = new Worker(new URL('./part-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<FromPartWorker>) => heard(data));
    worker.addEventListener('error', failed);
    for (const [file, blob] of files) post({ kind: 'file', file, blob });
    for (const { message } of jobs.values()) post(message);
  };

  const post = (message: ToPartWorker) => worker?.postMessage(message);

  start();
  return {
    jobs: () => jobs.size,
    take(number, job) {
      jobs.set(number, job);
      post(job.message);
    },
    abort(number) {
      if (worker) post({ kind: 'abort', job: number });
      else finish(number, { state: 'aborted' });
    },
    post,
  };
}
