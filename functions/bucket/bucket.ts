import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListPartsCommand,
  NotFound,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { ListedPart } from '../../protocol/board/manifest.ts';
import type { Bucket, Completion, Listing } from '../ports.ts';
import { mediaTypeOf } from './content-type.ts';
import { makeSigner, type SignerOptions, s3Config } from './signer.ts';

export interface BucketOptions extends SignerOptions {
  bucket: string;
}

/** The S3 bucket through the AWS SDK. Throws the SDK's errors for all that a caller cannot expect. */
export function makeBucket(options: BucketOptions): Bucket {
  const { bucket } = options;
  const client = new S3Client(s3Config(options));
  const signer = makeSigner(options);

  return {
    async create(key, type) {
      const { UploadId } = await client.send(
        new CreateMultipartUploadCommand({
          Bucket: bucket,
          Key: key,
          ChecksumAlgorithm: 'SHA256',
          ContentType: mediaTypeOf(type),
        }),
      );
      if (!UploadId) throw new Error('CreateMultipartUpload answered without an UploadId');
      return UploadId;
    },

    signParts: signer.signParts,
    signDownload: signer.signDownload,

    async listParts(meta): Promise<Listing> {
      const parts: ListedPart[] = [];
      let marker: string | undefined;
      try {
        do {
          const page = await client.send(
            new ListPartsCommand({
              Bucket: bucket,
              Key: meta.key,
              UploadId: meta.s3UploadId,
              ...(marker ? { PartNumberMarker: marker } : {}),
            }),
          );
          for (const { PartNumber, Size, ETag, ChecksumSHA256 } of page.Parts ?? []) {
            if (PartNumber === undefined || ETag === undefined) continue;
            parts.push({ part: PartNumber, sizeBytes: Size ?? 0, sha256: ChecksumSHA256, etag: ETag });
          }
          marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
        } while (marker);
      } catch (error) {
        if (isS3Error(error, 'NoSuchUpload')) return { state: 'no-such-upload' };
        throw error;
      }
      return { state: 'listed', parts };
    },

    async complete(meta, parts): Promise<Completion> {
      try {
        const { ChecksumSHA256 } = await client.send(
          new CompleteMultipartUploadCommand({
            Bucket: bucket,
            Key: meta.key,
            UploadId: meta.s3UploadId,
            MpuObjectSize: meta.sizeBytes,
            MultipartUpload: {
              Parts: parts.map(({ part, etag, sha256 }) => ({
                PartNumber: part,
                ETag: etag,
                ChecksumSHA256: sha256,
              })),
            },
          }),
        );
        return { state: 'completed', sha256: ChecksumSHA256 ?? '' };
      } catch (error) {
        if (isS3Error(error, 'NoSuchUpload')) return { state: 'no-such-upload' };
        if (isS3Error(error, 'InvalidPart')) return { state: 'invalid-part' };
        throw error;
      }
    },

    async head(key) {
      try {
        const { ContentLength, ChecksumSHA256 } = await client.send(
          new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }),
        );
        return { sizeBytes: ContentLength ?? 0, sha256: ChecksumSHA256 ?? '' };
      } catch (error) {
        if (error instanceof NotFound || isS3Error(error, 'NoSuchKey')) return undefined;
        throw error;
      }
    },

    async abort(key, s3UploadId) {
      try {
        await client.send(
          new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: s3UploadId }),
        );
      } catch (error) {
        if (!isS3Error(error, 'NoSuchUpload')) throw error;
      }
    },
  };
}

function isS3Error(error: unknown, name: string): boolean {
  return error instanceof S3ServiceException && error.name === name;
}
