import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { BODY_IDLE_MS, consumeBody } from '../http/body.ts';
import { temporaryPath } from './durable.ts';

/** One write per MiB: a write per 64 KiB socket read costs a thread-pool round trip each. */
const BATCH_BYTES = 1_048_576;
/** While a batch is being written the next one gathers; beyond that the sender has to wait. */
const MAX_GATHERED_BYTES = 2 * BATCH_BYTES;
/** POSIX lets one gathering write take 1,024 buffers (IOV_MAX); a slow link delivers tiny ones. */
const MAX_GATHERED_CHUNKS = 512;

export interface ReceivedPart {
  /** A synced temporary file, to be renamed or removed by whoever asked for it. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256Hex: string;
}

/**
 * Streams a body into a synced temporary file, hashing on the way; memory stays below some 3 MiB a part.
 * On any error nothing is left behind. Errors: ClientGone, RequestTimeout, those of the file system.
 */
export async function receivePart(request: IncomingMessage, incomingFolder: string): Promise<ReceivedPart> {
  const path = temporaryPath(incomingFolder);
  const hash = createHash('sha256');
  try {
    const handle = await open(path, 'wx');
    let sizeBytes: number;
    try {
      sizeBytes = await writeBody(request, handle, (chunk) => hash.update(chunk));
      await handle.datasync();
    } finally {
      await handle.close();
    }
    return { path, sizeBytes, sha256Hex: hash.digest('hex') };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function writeBody(
  request: IncomingMessage,
  handle: FileHandle,
  onChunk: (chunk: Buffer) => void,
): Promise<number> {
  let sizeBytes = 0;
  let gathered: Buffer[] = [];
  let gatheredBytes = 0;
  let writing: Promise<void> | undefined;
  let fail: (error: unknown) => void = () => undefined;

  const isFull = (): boolean => gatheredBytes >= BATCH_BYTES || gathered.length >= MAX_GATHERED_CHUNKS;
  const writeGathered = async (): Promise<void> => {
    const batch = gathered;
    const batchBytes = gatheredBytes;
    gathered = [];
    gatheredBytes = 0;
    await writeAll(handle, batch, batchBytes);
  };
  const startWriting = (): void => {
    writing = (async () => {
      while (isFull()) {
        const written = writeGathered();
        request.resume();
        await written;
      }
      writing = undefined;
    })();
    // The failure itself is seen by whoever awaits `writing`; here it only ends the reading.
    writing.catch((error: unknown) => fail(error));
  };

  try {
    await consumeBody(
      request,
      (chunk, stop) => {
        fail = stop;
        sizeBytes += chunk.byteLength;
        onChunk(chunk);
        gathered.push(chunk);
        gatheredBytes += chunk.byteLength;
        if (writing === undefined && isFull()) startWriting();
        else if (gatheredBytes >= MAX_GATHERED_BYTES || gathered.length >= 2 * MAX_GATHERED_CHUNKS)
          request.pause();
      },
      { idleMs: BODY_IDLE_MS },
    );
  } finally {
    fail = () => undefined;
    await writing;
  }
  if (gatheredBytes > 0) await writeGathered();
  return sizeBytes;
}

/** A file system that is getting full may take less than it was given, and only then say ENOSPC. */
async function writeAll(handle: FileHandle, buffers: Buffer[], sizeBytes: number): Promise<void> {
  const { bytesWritten } = await handle.writev(buffers);
  if (bytesWritten === sizeBytes) return;
  const rest = Buffer.concat(buffers).subarray(bytesWritten);
  let offset = 0;
  while (offset < rest.byteLength) offset += (await handle.write(rest, offset)).bytesWritten;
}
