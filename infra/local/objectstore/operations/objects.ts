import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Answer } from '../http/answer.ts';
import { S3Error } from '../http/s3-error.ts';
import type { Query } from '../http/target.ts';
import { errorCode } from '../storage/durable.ts';
import { compositeDigest, type Manifest, objectSizeBytes } from '../storage/manifest.ts';
import { readParts } from '../storage/read-parts.ts';
import { type Call, NO_BODY_BYTES, type Operation, type Services } from './operation.ts';
import { header } from './parameters.ts';
import { parseRange } from './range.ts';

/** Only signed requests get here, so whoever asks for these may have them. */
const OVERRIDES: ReadonlyMap<string, string> = new Map([
  ['response-cache-control', 'cache-control'],
  ['response-content-disposition', 'content-disposition'],
  ['response-content-type', 'content-type'],
]);

export const headObject: Operation = {
  name: 'HeadObject',
  method: 'HEAD',
  scope: 'key',
  needs: [],
  allows: [...OVERRIDES.keys()],
  body: 'small',
  maxBodyBytes: NO_BODY_BYTES,
  run: readObject,
};

export const getObject: Operation = { ...headObject, name: 'GetObject', method: 'GET' };

export const deleteObject: Operation = {
  name: 'DeleteObject',
  method: 'DELETE',
  scope: 'key',
  needs: [],
  allows: [],
  body: 'small',
  maxBodyBytes: NO_BODY_BYTES,
  async run({ objects }, { key }) {
    await objects.remove(key);
    return { status: 204 };
  },
};

async function readObject(services: Services, call: Call): Promise<Answer> {
  const held = await services.objects.hold(call.key);
  if (held === undefined) {
    throw new S3Error('NoSuchKey', 'The specified key does not exist.', { details: { Key: call.key } });
  }
  try {
    return { ...describe(services, call, held.manifest), done: held.release };
  } catch (error) {
    held.release();
    throw error;
  }
}

function describe(services: Services, call: Call, manifest: Manifest): Answer {
  const { request, query } = call;
  const { headers } = request;
  const { etag, checksum } = compositeDigest(manifest);
  const sizeBytes = objectSizeBytes(manifest);
  // HTTP dates have whole seconds.
  const modifiedAtMs = Math.floor(manifest.completedAtMs / 1000) * 1000;
  const common: Record<string, string> = {
    'accept-ranges': 'bytes',
    etag,
    'last-modified': new Date(modifiedAtMs).toUTCString(),
  };
  if (!matches(headers['if-match'], etag, true)) {
    throw new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  }
  if (matches(headers['if-none-match'], etag, false)) return { status: 304, headers: common };

  const range = parseRange(isRangeMeant(headers, etag, modifiedAtMs) ? headers.range : undefined, sizeBytes);
  if (range.state === 'unsatisfiable') {
    throw new S3Error('InvalidRange', 'The requested range is not satisfiable', {
      headers: { 'content-range': `bytes */${sizeBytes}` },
      details: { RangeRequested: headers.range ?? '', ActualObjectSize: String(sizeBytes) },
    });
  }
  const [first, last] = range.state === 'range' ? [range.first, range.last] : [0, sizeBytes - 1];
  const all: Record<string, string> = {
    ...common,
    'content-type': 'binary/octet-stream',
    ...manifest.headers,
    ...overrides(query),
  };
  if (range.state === 'range') all['content-range'] = `bytes ${first}-${last}/${sizeBytes}`;
  else if (manifest.algorithm !== null && wantsChecksum(headers, query)) {
    all['x-amz-checksum-sha256'] = checksum;
    all['x-amz-checksum-type'] = 'COMPOSITE';
  }
  return {
    status: range.state === 'range' ? 206 : 200,
    headers: all,
    body: {
      kind: 'stream',
      sizeBytes: last - first + 1,
      stream: (response) => streamParts(services, call, manifest, { first, last, response }),
    },
  };
}

async function streamParts(
  { layout, log }: Services,
  { requestId }: Call,
  { uploadId, parts }: Manifest,
  { first, last, response }: { first: number; last: number; response: ServerResponse },
): Promise<void> {
  try {
    await pipeline(readParts(layout.uploadFolder(uploadId), parts, first, last), response);
  } catch (error) {
    // The status is out already: all that is left is to cut the connection, which `pipeline` did.
    if (errorCode(error) === 'ERR_STREAM_PREMATURE_CLOSE') return;
    log({ kind: 'objectstore.read-failed', requestId, uploadId, error: String(error) });
  }
}

function matches(condition: string | undefined, etag: string, whenAbsent: boolean): boolean {
  if (condition === undefined) return whenAbsent;
  return condition.split(',').some((text) => text.trim() === '*' || text.trim().replace(/^W\//, '') === etag);
}

/** A browser that resumes a download must not glue two different objects together (RFC 9110, 13.1.5). */
function isRangeMeant(headers: IncomingHttpHeaders, etag: string, modifiedAtMs: number): boolean {
  const condition = header(headers, 'if-range');
  return condition === undefined || condition === etag || Date.parse(condition) === modifiedAtMs;
}

/** In a presigned URL the header travels in the query. */
function wantsChecksum(headers: IncomingHttpHeaders, query: Query): boolean {
  const mode = header(headers, 'x-amz-checksum-mode') ?? query.get('x-amz-checksum-mode');
  return mode?.toUpperCase() === 'ENABLED';
}

function overrides(query: Query): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [parameter, name] of OVERRIDES) {
    const value = query.get(parameter);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}
