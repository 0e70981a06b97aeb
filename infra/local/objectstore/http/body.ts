import type { IncomingMessage } from 'node:http';
import { ClientGone, S3Error } from './s3-error.ts';

/** What we read of a body that is refused anyway, so that its sender gets to see the refusal. */
export const DRAIN_MAX_BYTES = 67_108_864; // 64 MiB
export const DRAIN_MAX_MS = 30_000;

/** As long as S3 waits for a silent client, generously; a phone that lost its network never says so. */
export const BODY_IDLE_MS = 60_000;

/** Reads a whole body of at most `maxBytes`. Errors: MaxMessageLengthExceeded, RequestTimeout, {@link ClientGone}. */
export async function readSmallBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  await consumeBody(request, (chunk, stop) => {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) {
      stop(
        new S3Error(
          'MaxMessageLengthExceeded',
          `Your request was too big: expected at most ${maxBytes} bytes.`,
        ),
      );
      return;
    }
    chunks.push(chunk);
  });
  return Buffer.concat(chunks);
}

/**
 * Reads and forgets the rest of a refused body. Browsers that are still sending when the connection closes report
 * a network error in place of the status. Resolves false when the bound was reached and the connection must close.
 */
export async function drainBody(
  request: IncomingMessage,
  maxBytes: number = DRAIN_MAX_BYTES,
  maxMs: number = DRAIN_MAX_MS,
): Promise<boolean> {
  let sizeBytes = 0;
  const enough = new S3Error('RequestTimeout', 'The refused body is too long to be read to its end.');
  try {
    await consumeBody(
      request,
      (chunk, stop) => {
        sizeBytes += chunk.byteLength;
        if (sizeBytes > maxBytes) stop(enough);
      },
      { totalMs: maxMs },
    );
    return true;
  } catch {
    return false;
  }
}

/**
 * Feeds every chunk to `onChunk` and resolves at the end of the body. After `stop(error)` no more is read and
 * it rejects with that error. Errors: RequestTimeout, {@link ClientGone}.
 */
export function consumeBody(
  request: IncomingMessage,
  onChunk: (chunk: Buffer, stop: (error: unknown) => void) => void,
  limits: { idleMs?: number; totalMs?: number } = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (request.readableEnded) return resolve();
    if (request.destroyed) return reject(new ClientGone());
    const idle = setTimeout(() => {
      stop(new S3Error('RequestTimeout', 'Your socket connection to the server was not read from in time.'));
    }, limits.idleMs ?? BODY_IDLE_MS);
    const total =
      limits.totalMs === undefined ? undefined : setTimeout(() => stop(new ClientGone()), limits.totalMs);

    const settle = (): void => {
      clearTimeout(idle);
      clearTimeout(total);
      request.off('data', onData).off('end', onEnd).off('close', onClose);
    };
    const stop = (error: unknown): void => {
      settle();
      request.pause();
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      idle.refresh();
      onChunk(chunk, stop);
    };
    const onEnd = (): void => {
      settle();
      resolve();
    };
    const onClose = (): void => stop(new ClientGone());
    request.on('data', onData).on('end', onEnd).on('close', onClose);
    request.resume();
  });
}
