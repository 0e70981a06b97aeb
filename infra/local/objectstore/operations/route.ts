import type { IncomingHttpHeaders } from 'node:http';
import { S3Error } from '../http/s3-error.ts';
import type { Query } from '../http/target.ts';
import { headBucket } from './bucket.ts';
import { completeMultipartUpload } from './complete.ts';
import { listParts } from './list-parts.ts';
import { deleteObject, getObject, headObject } from './objects.ts';
import type { Operation } from './operation.ts';
import { uploadPart } from './upload-part.ts';
import { abortMultipartUpload, createMultipartUpload, listMultipartUploads } from './uploads.ts';

const OPERATIONS: readonly Operation[] = [
  headBucket,
  listMultipartUploads,
  createMultipartUpload,
  uploadPart,
  listParts,
  completeMultipartUpload,
  abortMultipartUpload,
  headObject,
  getObject,
  deleteObject,
];

/** `x-amz-` headers that we know the meaning of, next to `x-amz-meta-…`. */
const KNOWN_HEADERS = new Set([
  'x-amz-checksum-algorithm',
  'x-amz-checksum-mode',
  'x-amz-checksum-sha256',
  'x-amz-checksum-type',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-mp-object-size',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-user-agent',
]);

/**
 * Finds the operation that a request asks for. A parameter or header that would change its meaning in a way we do not
 * know is refused rather than ignored. Errors: NotImplemented.
 */
export function route(
  method: string,
  scope: 'bucket' | 'key',
  query: Query,
  headers: IncomingHttpHeaders,
): Operation {
  const names = [...query.keys()].filter((name) => name !== 'x-id' && !/^x-amz-/i.test(name));
  const operation = OPERATIONS.find(
    (candidate) =>
      candidate.method === method &&
      candidate.scope === scope &&
      candidate.needs.every((name) => query.has(name)) &&
      names.every((name) => candidate.needs.includes(name) || candidate.allows.includes(name)),
  );
  if (operation === undefined) {
    throw new S3Error('NotImplemented', 'This operation, or one of its parameters, is not implemented here.');
  }
  const unknown = Object.keys(headers).find(
    (name) =>
      name === 'content-md5' ||
      (name.startsWith('x-amz-') && !name.startsWith('x-amz-meta-') && !KNOWN_HEADERS.has(name)),
  );
  if (unknown !== undefined) {
    throw new S3Error(
      'NotImplemented',
      `The header ${unknown} implies functionality that is not implemented here.`,
      {
        details: { Header: unknown },
      },
    );
  }
  if (/aws-chunked/i.test(headers['content-encoding'] ?? '')) {
    throw new S3Error('NotImplemented', 'aws-chunked bodies are not implemented here.');
  }
  return operation;
}
