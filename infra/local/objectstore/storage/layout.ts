import { createHash } from 'node:crypto';
import { join } from 'node:path';

/**
 * Where things lie. No name that a client chose ever becomes a path: keys are hashed, upload ids are ours.
 *
 *     incoming/            what is being written; emptied at start
 *     uploads/ID/          upload.json while the upload is open, and its part files, also after completion
 *     objects/HASH.json    the manifest of the object whose key has that SHA-256
 */
export interface Layout {
  readonly incoming: string;
  readonly uploads: string;
  readonly objects: string;
  uploadFolder(uploadId: string): string;
  uploadRecord(uploadId: string): string;
  manifest(key: string): string;
}

export const UPLOAD_ID = /^[0-9a-f]{32}$/;
export const UPLOAD_RECORD_NAME = 'upload.json';

export function makeLayout(folder: string): Layout {
  const uploads = join(folder, 'uploads');
  const objects = join(folder, 'objects');
  return {
    incoming: join(folder, 'incoming'),
    uploads,
    objects,
    uploadFolder: (uploadId) => join(uploads, uploadId),
    uploadRecord: (uploadId) => join(uploads, uploadId, UPLOAD_RECORD_NAME),
    manifest: (key) => join(objects, `${createHash('sha256').update(key).digest('hex')}.json`),
  };
}
