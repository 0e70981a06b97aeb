import { z } from 'zod';
import { MAX_PARTS_PER_LIST } from '../limits.ts';
import { MessageId, PartHash, PartNumber, UploadId } from './common.ts';

/** A device that did not create the upload says that it has the file. Answered by `challenge`. */
export const Offer = z.object({
  type: z.literal('offer'),
  id: MessageId,
  upload: UploadId,
  sizeBytes: z.number(),
});
export type Offer = z.infer<typeof Offer>;

/** Parts picked at random by the server; none when the owner's manifest is still empty. */
export const Challenge = z.object({
  type: z.literal('challenge'),
  re: MessageId,
  parts: z.array(PartNumber),
});
export type Challenge = z.infer<typeof Challenge>;

/** The answer to the challenge. Answered by `proven`, or the error `different-file`. */
export const Prove = z.object({
  type: z.literal('prove'),
  id: MessageId,
  upload: UploadId,
  hashes: z.array(PartHash).max(MAX_PARTS_PER_LIST),
});
export type Prove = z.infer<typeof Prove>;

export const Proven = z.object({ type: z.literal('proven'), re: MessageId });
export type Proven = z.infer<typeof Proven>;
