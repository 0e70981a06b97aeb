import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';
import { type Answer, xmlAnswer } from '../http/answer.ts';
import { S3Error } from '../http/s3-error.ts';
import { malformedXml, parseXml, unquoteETag } from '../http/xml.ts';
import { compositeDigest, type Manifest, objectSizeBytes } from '../storage/manifest.ts';
import { partChecksum, partETag, type StoredPart } from '../storage/part-file.ts';
import { noSuchUpload } from '../storage/uploads.ts';
import type { Call, Operation, Services } from './operation.ts';
import { header } from './parameters.ts';

const MAX_PARTS = 10_000;
/** Of every part but the last. */
const MIN_PART_BYTES = 5_242_880; // 5 MiB

const ListedPart = z.object({
  PartNumber: z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number),
  ETag: z.string().transform(unquoteETag),
  ChecksumSHA256: z.string().optional(),
});
type ListedPart = z.infer<typeof ListedPart>;

const CompleteRequest = z.object({
  CompleteMultipartUpload: z.object({ Part: z.array(ListedPart).min(1).max(MAX_PARTS) }),
});

export const completeMultipartUpload: Operation = {
  name: 'CompleteMultipartUpload',
  method: 'POST',
  scope: 'key',
  needs: ['uploadId'],
  allows: [],
  body: 'small',
  // 10,000 parts with number, ETag and checksum are 1.7 MB as the SDK writes them.
  maxBodyBytes: 4_194_304,
  async run(services, call) {
    const listed = parseListedParts(call.body);
    const uploadId = call.query.get('uploadId') ?? '';
    try {
      const manifest = await complete(services, call, uploadId, listed);
      return completedAnswer(services, call, manifest);
    } catch (error) {
      if (!(error instanceof S3Error && error.code === 'NoSuchUpload')) throw error;
      // S3 answers a repeated Complete like the first, as long as the object is there.
      const manifest = await services.objects.read(call.key);
      if (manifest?.uploadId !== uploadId) throw noSuchUpload();
      return completedAnswer(services, call, manifest);
    }
  },
};

async function complete(
  { uploads }: Services,
  { request, key }: Call,
  uploadId: string,
  listed: readonly ListedPart[],
): Promise<Manifest> {
  const upload = uploads.find(uploadId, key);
  const isChecked = upload.record.algorithm === 'SHA256';
  checkOrder(listed, isChecked);
  return uploads.complete(upload, {
    select(stored) {
      const parts = listed.map((part) => findPart(part, stored, isChecked));
      checkSizes(parts);
      checkWhole(parts, request.headers);
      return parts;
    },
    check(current) {
      if (header(request.headers, 'if-none-match') === '*' && current !== undefined) {
        throw new S3Error(
          'PreconditionFailed',
          'At least one of the pre-conditions you specified did not hold',
        );
      }
    },
  });
}

function parseListedParts(body: Buffer): readonly ListedPart[] {
  const result = CompleteRequest.safeParse(parseXml(body));
  if (!result.success) throw malformedXml(result.error);
  return result.data.CompleteMultipartUpload.Part;
}

/** Ascending, and with checksums consecutive from 1: S3 cannot combine the checksums otherwise. */
function checkOrder(listed: readonly ListedPart[], isConsecutive: boolean): void {
  let previous = 0;
  for (const { PartNumber } of listed) {
    if (isConsecutive ? PartNumber !== previous + 1 : PartNumber <= previous) {
      throw new S3Error(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
      );
    }
    previous = PartNumber;
  }
}

function findPart(
  listed: ListedPart,
  stored: ReadonlyMap<number, StoredPart>,
  isChecked: boolean,
): StoredPart {
  if (isChecked && listed.ChecksumSHA256 === undefined) {
    throw new S3Error(
      'InvalidRequest',
      `The upload was created using a sha256 checksum. The complete request must include the checksum for each part. It was missing for part ${listed.PartNumber} in the request.`,
    );
  }
  const part = stored.get(listed.PartNumber);
  const isSame =
    part !== undefined &&
    partETag(part) === listed.ETag &&
    (listed.ChecksumSHA256 === undefined || partChecksum(part) === listed.ChecksumSHA256);
  if (!isSame) {
    throw new S3Error(
      'InvalidPart',
      "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      { details: { PartNumber: String(listed.PartNumber), ETag: listed.ETag } },
    );
  }
  return part;
}

function checkSizes(parts: readonly StoredPart[]): void {
  const small = parts.slice(0, -1).find((part) => part.sizeBytes < MIN_PART_BYTES);
  if (small === undefined) return;
  throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
    details: {
      ProposedSize: String(small.sizeBytes),
      MinSizeAllowed: String(MIN_PART_BYTES),
      PartNumber: String(small.partNumber),
    },
  });
}

/** What the request says about the object as a whole, where it says anything. */
function checkWhole(parts: readonly StoredPart[], headers: IncomingHttpHeaders): void {
  const expectedSize = header(headers, 'x-amz-mp-object-size');
  const sizeBytes = objectSizeBytes({ parts });
  if (expectedSize !== undefined && expectedSize !== String(sizeBytes)) {
    throw new S3Error(
      'InvalidRequest',
      `The provided 'x-amz-mp-object-size' header value ${expectedSize} does not match what was computed: ${sizeBytes}`,
    );
  }
  const expectedChecksum = header(headers, 'x-amz-checksum-sha256');
  const { checksum } = compositeDigest({ parts });
  if (expectedChecksum !== undefined && ![checksum, checksum.split('-')[0]].includes(expectedChecksum)) {
    throw new S3Error('BadDigest', 'The sha256 you specified did not match the calculated checksum.');
  }
}

function completedAnswer(
  { bucket, completed }: Services,
  { request, key, path, requestId }: Call,
  manifest: Manifest,
): Answer {
  const { etag, checksum } = compositeDigest(manifest);
  completed({ key, sizeBytes: objectSizeBytes(manifest), etag: etag.replaceAll('"', ''), requestId });
  return xmlAnswer(200, {
    CompleteMultipartUploadResult: {
      Location: `http://${request.headers.host ?? ''}${path}`,
      Bucket: bucket,
      Key: key,
      ETag: etag,
      ...(manifest.algorithm === null ? {} : { ChecksumSHA256: checksum, ChecksumType: 'COMPOSITE' }),
    },
  });
}
