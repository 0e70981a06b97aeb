import { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { chosenFile } from './file-input.ts';

interface Target {
  endpoint: string;
  bucket: string;
  key: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/**
 * The SDK's own managed upload with its defaults, parts of 5 MiB and four at once, but for the CRC32 of each part: the
 * store here knows SHA-256 only, and without any checksum it is faster.
 */
async function uploadByLibStorage({ endpoint, bucket, key, credentials }: Target): Promise<void> {
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  await new Upload({ client, params: { Bucket: bucket, Key: key, Body: chosenFile() } }).done();
}

Object.assign(window, { uploadByLibStorage });
