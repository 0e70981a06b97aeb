import type { IncomingHttpHeaders } from 'node:http';
import { xmlAnswer } from '../http/answer.ts';
import { S3Error } from '../http/s3-error.ts';
import type { OpenUpload } from '../storage/uploads.ts';
import { NO_BODY_BYTES, type Operation } from './operation.ts';
import { header, queryPageSize } from './parameters.ts';

/** Headers of CreateMultipartUpload that come back with the object. */
const STORED_HEADERS = new Set([
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
]);

export const createMultipartUpload: Operation = {
  name: 'CreateMultipartUpload',
  method: 'POST',
  scope: 'key',
  needs: ['uploads'],
  allows: [],
  body: 'small',
  maxBodyBytes: NO_BODY_BYTES,
  async run({ bucket, uploads }, { request, key }) {
    const { algorithm } = readChecksumChoice(request.headers);
    const { uploadId } = await uploads.create({ key, algorithm, headers: storedHeaders(request.headers) });
    const answer = xmlAnswer(200, {
      InitiateMultipartUploadResult: { Bucket: bucket, Key: key, UploadId: uploadId },
    });
    if (algorithm === null) return answer;
    return {
      ...answer,
      headers: { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': 'COMPOSITE' },
    };
  },
};

export const abortMultipartUpload: Operation = {
  name: 'AbortMultipartUpload',
  method: 'DELETE',
  scope: 'key',
  needs: ['uploadId'],
  allows: [],
  body: 'small',
  maxBodyBytes: NO_BODY_BYTES,
  async run({ uploads }, { key, query }) {
    await uploads.abort(uploads.find(query.get('uploadId') ?? '', key));
    return { status: 204 };
  },
};

export const listMultipartUploads: Operation = {
  name: 'ListMultipartUploads',
  method: 'GET',
  scope: 'bucket',
  needs: ['uploads'],
  allows: ['prefix', 'key-marker', 'upload-id-marker', 'max-uploads'],
  body: 'small',
  maxBodyBytes: NO_BODY_BYTES,
  async run({ bucket, uploads }, { query }) {
    const prefix = query.get('prefix') ?? '';
    const keyMarker = query.get('key-marker') ?? '';
    // S3: without a key-marker, the upload-id-marker is ignored.
    const uploadIdMarker = keyMarker === '' ? '' : (query.get('upload-id-marker') ?? '');
    const maxUploads = queryPageSize(query, 'max-uploads');
    const rest = uploads
      .list()
      .filter(({ record }) => record.key.startsWith(prefix) && isBeyond(record, keyMarker, uploadIdMarker))
      .sort(byKeyThenId);
    const page = rest.slice(0, maxUploads);
    const last = page.at(-1)?.record;
    return xmlAnswer(200, {
      ListMultipartUploadsResult: {
        Bucket: bucket,
        KeyMarker: keyMarker,
        UploadIdMarker: uploadIdMarker,
        Prefix: prefix,
        NextKeyMarker: last?.key ?? '',
        NextUploadIdMarker: last?.uploadId ?? '',
        MaxUploads: maxUploads,
        IsTruncated: page.length < rest.length && maxUploads > 0,
        Upload: page.map(({ record }) => ({
          Key: record.key,
          UploadId: record.uploadId,
          StorageClass: 'STANDARD',
          Initiated: new Date(record.initiatedAtMs).toISOString(),
          ...(record.algorithm === null
            ? {}
            : { ChecksumAlgorithm: record.algorithm, ChecksumType: 'COMPOSITE' }),
        })),
      },
    });
  },
};

function readChecksumChoice(headers: IncomingHttpHeaders): { algorithm: 'SHA256' | null } {
  const algorithm = header(headers, 'x-amz-checksum-algorithm');
  const type = header(headers, 'x-amz-checksum-type');
  if (algorithm !== undefined && algorithm !== 'SHA256') {
    throw new S3Error(
      'NotImplemented',
      `Checksum algorithm ${algorithm} is not implemented here: use SHA256.`,
    );
  }
  if (type !== undefined && (type !== 'COMPOSITE' || algorithm === undefined)) {
    throw new S3Error(
      'InvalidRequest',
      `The ${type} checksum type cannot be used with the ${algorithm ?? 'absent'} checksum algorithm.`,
    );
  }
  return { algorithm: algorithm ?? null };
}

function storedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const stored: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string' && (STORED_HEADERS.has(name) || name.startsWith('x-amz-meta-'))) {
      stored[name] = value;
    }
  }
  return stored;
}

/** S3 lists in the order of the keys' UTF-8 bytes, uploads of one key in any fixed order. */
function byKeyThenId(a: OpenUpload, b: OpenUpload): number {
  return compareKeys(a.record.key, b.record.key) || (a.record.uploadId < b.record.uploadId ? -1 : 1);
}

function isBeyond(
  { key, uploadId }: OpenUpload['record'],
  keyMarker: string,
  uploadIdMarker: string,
): boolean {
  const order = compareKeys(key, keyMarker);
  return order > 0 || (order === 0 && uploadIdMarker !== '' && uploadId > uploadIdMarker);
}

function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
