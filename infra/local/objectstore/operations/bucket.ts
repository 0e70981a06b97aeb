import { NO_BODY_BYTES, type Operation } from './operation.ts';

export const headBucket: Operation = {
  name: 'HeadBucket',
  method: 'HEAD',
  scope: 'bucket',
  needs: [],
  allows: [],
  body: 'small',
  maxBodyBytes: NO_BODY_BYTES,
  async run({ region }) {
    return { status: 200, headers: { 'x-amz-bucket-region': region } };
  },
};
