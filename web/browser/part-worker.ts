/// <reference lib="webworker" />
import type { HashOutcome, PutOutcome } from '../engine/ports.ts';
import { makePartReader, type PartReader } from './part-bytes.ts';
import type { FromPartWorker, Took, ToPartWorker } from './part-messages.ts';
import { putBody } from './put.ts';
import { HasherMissing, MAX_BUFFERED_BYTES, sha256Of, sha256OfStream } from './sha256.ts';
import { traceNowMs } from './trace.ts';

/** Reads, hashes and sends parts, so that the page's own thread stays free for the person. */
const files = new Map<number, { blob: Blob; reader: PartReader }>();
const aborts = new Map<number, () => void>();

const tell = (message: FromPartWorker) => self.postMessage(message);

/** The page shows figures a few times a second; a browser tells of each request every 50 ms. */
const SAY_EVERY_MS = 100;
const unsaid = new Map<number, number>();

function sent(job: number, sentBytes: number): void {
  if (unsaid.size === 0) setTimeout(say, SAY_EVERY_MS);
  unsaid.set(job, sentBytes);
}

function say(): void {
  if (unsaid.size > 0) tell({ kind: 'sent', sent: [...unsaid] });
  unsaid.clear();
}

self.addEventListener('message', ({ data }: MessageEvent<ToPartWorker>) => {
  switch (data.kind) {
    case 'file':
      files.set(data.file, { blob: data.blob, reader: makePartReader(data.blob) });
      break;
    case 'hash':
      void timed(hash(data)).then(
        (answer) => tell({ kind: 'hash', job: data.job, ...answer }),
        () => tell({ kind: 'lame' }),
      );
      break;
    case 'put':
      void timed(put(data)).then((answer) => tell({ kind: 'put', job: data.job, ...answer }));
      break;
    case 'abort':
      aborts.get(data.job)?.();
      break;
    case 'close':
      files.get(data.file)?.reader.close();
      files.delete(data.file);
      break;
  }
});

async function timed<Outcome>(work: Promise<Outcome>): Promise<{ outcome: Outcome; took: Took }> {
  const fromMs = traceNowMs();
  const outcome = await work;
  return { outcome, took: { fromMs, toMs: traceNowMs() } };
}

/** Throws HasherMissing. */
async function hash(job: Extract<ToPartWorker, { kind: 'hash' }>): Promise<HashOutcome> {
  const reader = files.get(job.file)?.reader;
  const slice = sliceOf(job);
  if (!reader || !slice) return { state: 'aborted' };
  let isAborted = false;
  aborts.set(job.job, () => {
    isAborted = true;
  });
  try {
    if (slice.size > MAX_BUFFERED_BYTES) {
      const sha256 = await sha256OfStream(slice, () => isAborted);
      return sha256 === undefined ? { state: 'aborted' } : { state: 'hashed', sha256 };
    }
    return { state: 'hashed', sha256: await reader.withBytes(job.range, sha256Of) };
  } catch (error) {
    if (error instanceof HasherMissing) throw error;
    return { state: 'unreadable', reason: reasonOf(error) };
  } finally {
    aborts.delete(job.job);
  }
}

async function put(job: Extract<ToPartWorker, { kind: 'put' }>): Promise<PutOutcome> {
  const slice = sliceOf(job);
  if (!slice) return { state: 'aborted' };
  const request = putBody(job.request, slice, (sentBytes) => sent(job.job, sentBytes));
  aborts.set(job.job, request.abort);
  const outcome = await request.result;
  aborts.delete(job.job);
  unsaid.delete(job.job);
  // A file that cannot be read fails like a network: reading a byte of it tells which it was.
  if (outcome.state === 'failed' && outcome.reason === 'network') return (await unreadable(slice)) ?? outcome;
  return outcome;
}

async function unreadable(slice: Blob): Promise<PutOutcome | undefined> {
  try {
    await slice.slice(0, 1).arrayBuffer();
    return undefined;
  } catch (error) {
    return { state: 'unreadable', reason: reasonOf(error) };
  }
}

function sliceOf({
  file,
  range,
}: {
  file: number;
  range: { startByte: number; endByte: number };
}): Blob | undefined {
  return files.get(file)?.blob.slice(range.startByte, range.endByte);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
