import { DISK_FULL_CODES } from '../../disk-full.ts';
import { errorCode } from '../storage/durable.ts';
import { S3Error } from './s3-error.ts';

/** Whatever was thrown, as the S3 error that its requester gets to see. */
export function toS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  const code = errorCode(error);
  if (code !== undefined && DISK_FULL_CODES.has(code)) {
    return new S3Error('XMinioStorageFull', `The disk that holds the object store is full (${code}).`, {
      cause: error,
    });
  }
  return new S3Error('InternalError', 'We encountered an internal error. Please try again.', {
    cause: error,
  });
}
