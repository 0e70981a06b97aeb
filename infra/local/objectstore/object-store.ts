import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { makeFullness } from './fullness.ts';
import { type Answer, errorAnswer, send } from './http/answer.ts';
import { drainBody, readSmallBody } from './http/body.ts';
import { toS3Error } from './http/failure.ts';
import { ClientGone, S3Error } from './http/s3-error.ts';
import { parseTarget } from './http/target.ts';
import type { Services } from './operations/operation.ts';
import { preflightAnswer } from './operations/preflight.ts';
import { route } from './operations/route.ts';
import { checkPayload, makeVerifier } from './signature/verify.ts';
import { makeLayout } from './storage/layout.ts';
import { makeObjects } from './storage/objects.ts';
import { recover } from './storage/recover.ts';
import { makeUploads } from './storage/uploads.ts';

export interface ObjectStoreOptions {
  /** Everything lives below it. One process at a time may use it. */
  readonly folder: string;
  /** The one bucket that is served. */
  readonly bucket: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** `/s3` serves path-style URLs `/s3/BUCKET/KEY`. Signatures cover the whole path. */
  readonly basePath: string;
  readonly nowMs: () => number;
  /** A multipart upload has become an object: may be said more than once, as S3 does. */
  readonly onCompleted?: (object: CompletedObject) => void;
  /** The disk has filled up, or has room again: said once each time. */
  readonly onFull?: (isFull: boolean) => void;
  /** Never receives a signature, a credential or a query. */
  readonly log: (entry: { kind: string; [field: string]: unknown }) => void;
}

export interface CompletedObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
  readonly requestId: string;
}

export interface ObjectStore {
  /** For the server's `request` event. Whatever the request is, it is answered and nothing is thrown. */
  listener(request: IncomingMessage, response: ServerResponse): void;
  /**
   * For the server's `checkContinue` event: a client that sends `Expect: 100-continue` is then refused before it
   * sends a body. Mounting it is optional; without it Node says 100 on its own and `listener` gets the request.
   */
  continueListener(request: IncomingMessage, response: ServerResponse): void;
  /** Whether what was stored last found no room. */
  isFull(): boolean;
  /** Cuts off what is under way and resolves when nothing touches the folder any more. */
  close(): Promise<void>;
}

/** Opens the store and finishes what a killed process left half done. */
export async function makeObjectStore(options: ObjectStoreOptions): Promise<ObjectStore> {
  const { bucket, region, basePath, nowMs, log } = options;
  const layout = makeLayout(options.folder);
  const onLeftover = (uploadId: string, error: unknown): void =>
    log({ kind: 'objectstore.leftover', uploadId, error: String(error) });
  const { openUploads, ...recovery } = await recover(layout);
  log({ kind: 'objectstore.opened', openUploadCount: openUploads.length, ...recovery });

  const objects = makeObjects(layout, onLeftover);
  const uploads = makeUploads({ layout, objects, nowMs, onLeftover }, openUploads);
  const services: Services = {
    bucket,
    region,
    layout,
    uploads,
    objects,
    log,
    completed: options.onCompleted ?? (() => {}),
  };
  const verify = makeVerifier(options);
  const fullness = makeFullness(nowMs, (isFull) => {
    log({ kind: isFull ? 'objectstore.full' : 'objectstore.room' });
    options.onFull?.(isFull);
  });
  const underWay = new Map<Promise<void>, IncomingMessage>();
  let isClosed = false;

  /** Errors: S3Error for refusals, ClientGone, or whatever broke. */
  const answer = async (
    request: IncomingMessage,
    requestId: string,
    startBody: () => void,
  ): Promise<Answer> => {
    if (isClosed) throw new S3Error('ServiceUnavailable', 'The object store is shutting down.');
    const { method = '', url = '', headers } = request;
    if (method === 'OPTIONS') return preflightAnswer();
    const { path, query, key, ...target } = parseTarget(url, basePath);
    const payload = await verify({ method, path, query, headers });
    if (target.bucket !== bucket) {
      throw new S3Error('NoSuchBucket', 'The specified bucket does not exist', {
        details: { BucketName: target.bucket },
      });
    }
    const operation = route(method, key === null ? 'bucket' : 'key', query, headers);
    const call = { request, path, query, key: key ?? '', requestId };
    if (operation.body === 'stream') return operation.run(services, { ...call, payload, startBody });
    startBody();
    const body = await readSmallBody(request, operation.maxBodyBytes);
    checkPayload(body, payload);
    return operation.run(services, { ...call, body });
  };

  const serve = async (
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean,
  ): Promise<void> => {
    const requestId = randomBytes(8).toString('hex').toUpperCase();
    // A body that is still waiting for our 100 will not come when we refuse: then there is nothing to drain.
    let bodyComes = !expectsContinue;
    const startBody = (): void => {
      if (!bodyComes) response.writeContinue();
      bodyComes = true;
    };
    const ended = fullness.begin(Number(request.headers['content-length'] ?? 0));
    try {
      const good = await answer(request, requestId, startBody);
      if (request.method === 'PUT') ended('stored');
      await send(response, requestId, good, { close: false });
    } catch (error) {
      if (error instanceof ClientGone || response.destroyed) {
        response.destroy();
        return;
      }
      const refusal = toS3Error(error);
      if (refusal.code === 'XMinioStorageFull') ended('full');
      // The path alone: a query carries the signature, and a whole URL could carry a password.
      const path = /^\/[^?]*/.exec(request.url ?? '')?.[0] ?? '';
      log({
        kind: refusal.status < 500 ? 'objectstore.refused' : 'objectstore.failed',
        requestId,
        method: request.method,
        path,
        status: refusal.status,
        code: refusal.code,
        ...(refusal.status < 500 ? {} : { error: String(refusal.cause ?? refusal) }),
      });
      const isDrained = bodyComes && (await drainBody(request));
      await send(response, requestId, errorAnswer(refusal, path, requestId), { close: !isDrained });
    }
  };

  const start = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void => {
    // Connections break; what that means for a request is seen where its body is read or its answer written.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const work = serve(request, response, expectsContinue)
      .catch((error: unknown) => {
        log({ kind: 'objectstore.failed', error: String(error) });
        response.destroy();
      })
      .finally(() => underWay.delete(work));
    underWay.set(work, request);
  };

  return {
    listener: (request, response) => start(request, response, false),
    continueListener: (request, response) => start(request, response, true),
    isFull: fullness.isFull,
    async close() {
      isClosed = true;
      for (const request of underWay.values()) request.socket.destroy();
      await Promise.all(underWay.keys());
      await objects.settled();
    },
  };
}
