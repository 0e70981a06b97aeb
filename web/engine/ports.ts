import type { PartRange } from '../../protocol/board/geometry.ts';
import type { Sha256 } from '../../protocol/board/manifest.ts';

/** Something under way that can be given up. `result` never rejects for what its outcome can say. */
export interface Task<Outcome> {
  result: Promise<Outcome>;
  abort(): void;
}

/** Time. The engine never looks at another clock; the server's time is learnt from the server. */
export interface Clock {
  /** Milliseconds that only ever go forward; their origin does not matter. */
  nowMs(): number;
  /** Calls once; the answer cancels. */
  after(ms: number, call: () => void): () => void;
}

export interface SocketEvents {
  opened(): void;
  frame(text: string): void;
  /** Once, whether or not it was ever open. */
  closed(): void;
}

/** Opens one WebSocket. */
export type OpenSocket = (events: SocketEvents) => { send(frame: string): void; close(): void };

export type HashOutcome =
  | { state: 'hashed'; sha256: Sha256 }
  | { state: 'unreadable'; reason: string }
  | { state: 'aborted' };

export interface PutRequest {
  url: string;
  headers: Record<string, string>;
}

export type PutOutcome =
  | { state: 'stored' }
  /** The store answered no: an HTTP status and S3's code for it. */
  | { state: 'refused'; status: number; code: string }
  /** No answer: the network, or no byte moved for too long. */
  | { state: 'failed'; reason: 'network' | 'stalled' }
  | { state: 'unreadable'; reason: string }
  | { state: 'aborted' };

/** The file on this device, and the way of its bytes to the store. */
export interface FilePort {
  readonly name: string;
  readonly sizeBytes: number;
  readonly type: string;
  /** When it was last changed, by its own clock; undefined where nothing tells. */
  readonly modifiedAtMs?: number;
  hash(range: PartRange): Task<HashOutcome>;
  /** Sends the bytes; `onSent` is told how many of them have left so far. */
  put(range: PartRange, request: PutRequest, onSent: (sentBytes: number) => void): Task<PutOutcome>;
  close(): void;
}
