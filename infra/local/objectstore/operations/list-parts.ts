import { xmlAnswer } from '../http/answer.ts';
import { partChecksum, partETag } from '../storage/part-file.ts';
import { NO_BODY_BYTES, type Operation } from './operation.ts';
import { queryNumber, queryPageSize } from './parameters.ts';

export const listParts: Operation = {
  name: 'ListParts',
  method: 'GET',
  scope: 'key',
  needs: ['uploadId'],
  allows: ['part-number-marker', 'max-parts'],
  body: 'small',
  maxBodyBytes: NO_BODY_BYTES,
  async run({ bucket, uploads }, { key, query }) {
    const { record, parts } = uploads.find(query.get('uploadId') ?? '', key);
    const marker = queryNumber(query, 'part-number-marker', { min: 0, max: 2_147_483_647 }) ?? 0;
    const maxParts = queryPageSize(query, 'max-parts');
    const rest = [...parts.values()]
      .filter((part) => part.partNumber > marker)
      .sort((a, b) => a.partNumber - b.partNumber);
    const page = rest.slice(0, maxParts);
    return xmlAnswer(200, {
      ListPartsResult: {
        Bucket: bucket,
        Key: key,
        UploadId: record.uploadId,
        StorageClass: 'STANDARD',
        PartNumberMarker: marker,
        NextPartNumberMarker: page.at(-1)?.partNumber ?? 0,
        MaxParts: maxParts,
        IsTruncated: page.length < rest.length && maxParts > 0,
        ...(record.algorithm === null
          ? {}
          : { ChecksumAlgorithm: record.algorithm, ChecksumType: 'COMPOSITE' }),
        Part: page.map((part) => ({
          PartNumber: part.partNumber,
          LastModified: new Date(part.version).toISOString(),
          ETag: `"${partETag(part)}"`,
          Size: part.sizeBytes,
          ...(record.algorithm === null ? {} : { ChecksumSHA256: partChecksum(part) }),
        })),
      },
    });
  },
};
