import type { PartRange } from '../../protocol/board/geometry.ts';
import type { FilePort, HashOutcome, PutOutcome, Task } from '../engine/ports.ts';
import type { FromPartWorker, ToPartWorker } from './part-messages.ts';
import type { Trace } from './trace.ts';

/** Two read and hash as fast as a browser's file reading goes; more only fight for it. */
const WORKERS = 2;

/** Workers that read, hash and send parts, shared by all files of the page. Made early: starting one takes time. */
export interface PartWorkers {
  open(file: File): FilePort;
}

interface Job {
  worker: number;
  startByte: number;
  sent(sentBytes: number): void;
  done(outcome: HashOutcome | PutOutcome): void;
}

export function makePartWorkers(trace?: Trace): PartWorkers {
  const jobs = new Map<number, Job>();
  let lastJob = 0;
  let lastFile = 0;
  const workers = Array.from({ length: WORKERS }, () => {
    const worker = new Worker(new URL('./part-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<FromPartWorker>) => {
      if (data.kind === 'sent') {
        for (const [job, sentBytes] of data.sent) jobs.get(job)?.sent(sentBytes);
        return;
      }
      const job = jobs.get(data.job);
      if (!job) return;
      jobs.delete(data.job);
      trace?.({ kind: data.kind, ...data.took, startByte: job.startByte });
      job.done(data.outcome);
    });
    return worker;
  });
  const post = (worker: number, message: ToPartWorker) => workers[worker]?.postMessage(message);
  const leastBusy = () => {
    const counts = workers.map(
      (_, index) => [...jobs.values()].filter(({ worker }) => worker === index).length,
    );
    return counts.indexOf(Math.min(...counts));
  };

  const run = <Outcome extends HashOutcome | PutOutcome>(
    { startByte }: PartRange,
    message: (job: number) => ToPartWorker,
    sent: (sentBytes: number) => void,
  ): Task<Outcome> => {
    const job = ++lastJob;
    const worker = leastBusy();
    const result = new Promise<Outcome>((resolve) => {
      jobs.set(job, { worker, startByte, sent, done: (outcome) => resolve(outcome as Outcome) });
      post(worker, message(job));
    });
    return { result, abort: () => post(worker, { kind: 'abort', job }) };
  };

  return {
    open(blob) {
      const file = ++lastFile;
      for (let worker = 0; worker < workers.length; worker++) post(worker, { kind: 'file', file, blob });
      return {
        name: blob.name,
        sizeBytes: blob.size,
        type: blob.type,
        modifiedAtMs: blob.lastModified,
        hash: (range) =>
          run<HashOutcome>(
            range,
            (job) => ({ kind: 'hash', job, file, range }),
            () => {},
          ),
        put: (range, request, onSent) =>
          run<PutOutcome>(range, (job) => ({ kind: 'put', job, file, range, request }), onSent),
        close() {
          for (let worker = 0; worker < workers.length; worker++) post(worker, { kind: 'close', file });
        },
      };
    },
  };
}
