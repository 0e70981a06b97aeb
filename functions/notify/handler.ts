import { z } from 'zod';
import { UploadId } from '../../protocol/messages/common.ts';
import { inLambda } from '../lambda-entry.ts';
import { uploadOfKey } from '../object-key.ts';
import type { Ports } from '../ports.ts';
import { makeLetters } from './letters.ts';
import { notify } from './notify.ts';

/** What S3 tells by way of EventBridge, as far as it matters here. */
const ObjectCreated = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.literal('Object Created'),
  detail: z.object({ object: z.object({ key: z.string() }) }),
});

/** The Lambda behind the bucket's completion events. */
export function makeNotifyHandler(ports: Ports) {
  return async (event: unknown): Promise<void> => {
    const { key } = ObjectCreated.parse(event).detail.object;
    const upload = UploadId.safeParse(uploadOfKey(key));
    if (!upload.success) return ports.log({ kind: 'notice-for-another-object' });
    await notify(ports, upload.data);
  };
}

/** The Lambda's entry. */
export const handler = inLambda(makeNotifyHandler, makeLetters);
