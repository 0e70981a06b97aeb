import { createHash } from 'node:crypto';
import { open, realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { PartRange } from '../../protocol/board/geometry.ts';
import type { Clock, FilePort, HashOutcome, Task } from '../engine/ports.ts';
import { makePace } from './pace.ts';
import { makeAgents, putBody } from './put.ts';

/** Bytes that can be read at any place, as often as needed. */
export interface Source {
  name: string;
  sizeBytes: number;
  /** When they were last changed; undefined where nothing tells. */
  modifiedAtMs?: number;
  /** Throws when they cannot be read, or are others than they were. */
  read(range: PartRange): AsyncIterable<Uint8Array>;
  close(): void;
}

/** `limitBps`: bytes a second that all puts together may send; undefined: as fast as the line goes. */
export function makeFilePort(source: Source, clock: Clock, limitBps?: number): FilePort {
  const agents = makeAgents();
  const pace = makePace(clock, limitBps);
  return {
    name: source.name,
    sizeBytes: source.sizeBytes,
    type: '',
    ...(source.modifiedAtMs === undefined ? {} : { modifiedAtMs: source.modifiedAtMs }),
    hash: (range) => hash(source, range),
    put(range, request, onSent) {
      const body = { sizeBytes: range.endByte - range.startByte, read: () => source.read(range) };
      return putBody(request, body, { agents, pace }, onSent);
    },
    close() {
      agents.http.destroy();
      agents.https.destroy();
      source.close();
    },
  };
}

function hash(source: Source, range: PartRange): Task<HashOutcome> {
  let isAborted = false;
  const run = async (): Promise<HashOutcome> => {
    const hasher = createHash('sha256');
    try {
      for await (const piece of source.read(range)) {
        if (isAborted) return { state: 'aborted' };
        hasher.update(piece);
      }
    } catch (error) {
      return { state: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
    }
    return { state: 'hashed', sha256: hasher.digest('base64') };
  };
  return {
    result: run(),
    abort() {
      isAborted = true;
    },
  };
}

/** A piece is hashed without a pause: this long a one lets the socket and the puts have their turn in between. */
const READ_BYTES = 1_048_576;

export interface DiskFile extends Source {
  /** With links followed, so that a file is the same one by whatever name it was given. */
  path: string;
  modifiedAtMs: number;
  /** Whether something was written to it since it was opened; false as well where that cannot be told: its drive is gone, say. */
  isWrittenTo(): Promise<boolean>;
}

/** Throws what the system says of a file that is not there, not readable or no file. */
export async function openFile(path: string): Promise<DiskFile> {
  // Looked at first: to open a pipe is to wait for somebody who writes to it, and to open a device may move something.
  if (!(await stat(path)).isFile()) throw new Error(`${path} is not a file.`);
  const file = await open(path, 'r');
  const stats = await file.stat();
  const isAsOpened = async () => {
    const { size, mtimeMs } = await file.stat();
    return size === stats.size && mtimeMs === stats.mtimeMs;
  };
  return {
    name: basename(path),
    path: await realpath(path),
    sizeBytes: stats.size,
    modifiedAtMs: stats.mtimeMs,
    isWrittenTo: () =>
      isAsOpened().then(
        (is) => !is,
        () => false,
      ),
    async *read({ startByte, endByte }) {
      let position = startByte;
      while (position < endByte) {
        const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, endByte - position));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
        // A write moves the time before the bytes: what was read before such a look is what was there on opening.
        if (!(await isAsOpened())) throw new Error(`${path} has changed since it was opened.`);
        if (bytesRead === 0) throw new Error(`${path} is shorter than it was.`);
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    },
    // A read under way ends first; whoever asked for it no longer cares how.
    close: () => void file.close().catch(() => {}),
  };
}
