import type { PartRange } from '../../protocol/board/geometry.ts';
import type { HashOutcome, PutOutcome, PutRequest } from '../engine/ports.ts';

/** To the worker. `job` is the page's number for a task; `file` its number for a file. */
export type ToPartWorker =
  | { kind: 'file'; file: number; blob: Blob }
  | { kind: 'hash'; job: number; file: number; range: PartRange }
  | { kind: 'put'; job: number; file: number; range: PartRange; request: PutRequest }
  | { kind: 'abort'; job: number }
  | { kind: 'close'; file: number };

/** From the worker. */
export type FromPartWorker =
  /** Of each put that went on since the last time: its job, and its bytes that have left so far. */
  | { kind: 'sent'; sent: Array<[job: number, sentBytes: number]> }
  | { kind: 'hash'; job: number; outcome: HashOutcome; took: Took }
  | { kind: 'put'; job: number; outcome: PutOutcome; took: Took }
  /** What it hashes with did not load. A module that failed once fails for ever, in this worker. */
  | { kind: 'lame' };

/** When the worker was at it: epoch milliseconds. */
export interface Took {
  fromMs: number;
  toMs: number;
}
