import AwsS3 from '@uppy/aws-s3';
import Uppy from '@uppy/core';
import { chosenFile } from './file-input.ts';

/**
 * Uppy's S3 plugin as its documentation has it for large files: multipart, parts of its own default size, its own
 * default of six requests at once, each part's address asked of a signing endpoint.
 */
async function uploadByUppy(signingOrigin: string): Promise<void> {
  const ask = async <Answer>(path: string, body: object): Promise<Answer> => {
    const response = await fetch(signingOrigin + path, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response.json() as Promise<Answer>;
  };
  const file = chosenFile();
  const uppy = new Uppy().use(AwsS3, {
    shouldUseMultipart: true,
    createMultipartUpload: () => ask('/create', {}),
    signPart: (_, { uploadId, key, partNumber }) => ask('/sign', { uploadId, key, partNumber }),
    completeMultipartUpload: (_, { uploadId, key, parts }) => ask('/complete', { uploadId, key, parts }),
    listParts: () => [],
    abortMultipartUpload: () => {},
  });
  uppy.addFile({ name: file.name, data: file });
  const result = await uppy.upload();
  const failed = result?.failed?.[0];
  if (failed) throw new Error(failed.error ?? 'Uppy failed');
  uppy.destroy();
}

Object.assign(window, { uploadByUppy });
