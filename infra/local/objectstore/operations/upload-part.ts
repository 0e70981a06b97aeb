import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { ClientGone, S3Error } from '../http/s3-error.ts';
import { checkPayloadDigest, type PayloadPromise } from '../signature/verify.ts';
import { partChecksum, partETag } from '../storage/part-file.ts';
import { type ReceivedPart, receivePart } from '../storage/receive-part.ts';
import type { Operation } from './operation.ts';
import { checksumHeader, header, queryNumber } from './parameters.ts';

const MAX_PARTS = 10_000;
const MAX_PART_BYTES = 5_368_709_120; // 5 GiB

export const uploadPart: Operation = {
  name: 'UploadPart',
  method: 'PUT',
  scope: 'key',
  needs: ['partNumber', 'uploadId'],
  allows: [],
  body: 'stream',
  async run({ uploads, layout }, { request, key, query, payload, startBody }) {
    const partNumber = queryNumber(query, 'partNumber', { min: 1, max: MAX_PARTS });
    if (partNumber === undefined) throw new S3Error('InvalidArgument', 'Expected a partNumber.');
    const sizeBytes = readContentLength(request);
    const upload = uploads.find(query.get('uploadId') ?? '', key);
    // Only the header counts. S3 ignores a checksum that a presigner moved into the query.
    const checksum = checksumHeader(request.headers);
    if (upload.record.algorithm === 'SHA256' && checksum === undefined) {
      throw new S3Error(
        'InvalidRequest',
        'The upload was created with the SHA256 checksum algorithm: expected the header x-amz-checksum-sha256.',
      );
    }

    startBody();
    const received = await receivePart(request, layout.incoming);
    try {
      checkReceived(received, { sizeBytes, checksum, payload });
      const part = await uploads.putPart(upload, partNumber, received);
      return {
        status: 200,
        headers: {
          etag: `"${partETag(part)}"`,
          ...(checksum === undefined ? {} : { 'x-amz-checksum-sha256': partChecksum(part) }),
        },
      };
    } finally {
      // Gone already where it became a part.
      await rm(received.path, { force: true });
    }
  },
};

function readContentLength(request: IncomingMessage): number {
  const text = header(request.headers, 'content-length');
  if (text === undefined) {
    throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  const sizeBytes = Number(text);
  if (!(sizeBytes <= MAX_PART_BYTES)) {
    throw new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
      details: { ProposedSize: text, MaxSizeAllowed: String(MAX_PART_BYTES) },
    });
  }
  return sizeBytes;
}

function checkReceived(
  received: ReceivedPart,
  expected: { sizeBytes: number; checksum: string | undefined; payload: PayloadPromise },
): void {
  if (received.sizeBytes !== expected.sizeBytes) throw new ClientGone();
  checkPayloadDigest(received.sha256Hex, expected.payload);
  const checksum = Buffer.from(received.sha256Hex, 'hex').toString('base64');
  if (expected.checksum !== undefined && expected.checksum !== checksum) {
    throw new S3Error('BadDigest', 'The SHA256 you specified did not match the calculated checksum.');
  }
}
