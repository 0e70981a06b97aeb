import { z } from 'zod';
import { MAX_LINK_LIFE_MS, MAX_LINK_NAME_LENGTH, MIN_LINK_LIFE_MS } from '../limits.ts';
import { EpochMs, MessageId, Role, Secret, ShareId, UploadId } from './common.ts';

/**
 * Owner: makes a link. The client makes the secret, so that the link can be shown at once and a repeated `share` is the
 * same one. Answered by `shares`.
 */
export const Share = z.object({
  type: z.literal('share'),
  id: MessageId,
  upload: UploadId,
  secret: Secret,
  role: Role.describe('what it admits to: `owner` is for a device of your own'),
  name: z.string().max(MAX_LINK_NAME_LENGTH).describe('for the owner alone; may be empty'),
  lifeMs: z
    .int()
    .min(MIN_LINK_LIFE_MS)
    .max(MAX_LINK_LIFE_MS)
    .optional()
    .describe('from now on; without it, as long as the upload lives'),
  limitBytes: z.int().min(1).optional().describe('what the devices of this link may carry, all together'),
});
export type Share = z.infer<typeof Share>;

/** Owner: takes a link back. Its devices get no more tickets from that moment, and are cut off. Answered by `shares`. */
export const Revoke = z.object({
  type: z.literal('revoke'),
  id: MessageId,
  upload: UploadId,
  share: ShareId,
});
export type Revoke = z.infer<typeof Revoke>;

/** Owner: asks for the links. Answered by `shares`. */
export const List = z.object({ type: z.literal('list'), id: MessageId, upload: UploadId });
export type List = z.infer<typeof List>;

export const ShareInfo = z.object({
  share: ShareId,
  role: Role,
  name: z.string(),
  isMakers: z.boolean().describe("the maker's own: it cannot be taken back"),
  createdAtMs: EpochMs,
  expiresAtMs: EpochMs,
  revokedAtMs: EpochMs.optional(),
  limitBytes: z.int().optional(),
  usedBytes: z.int().min(0).optional().describe('granted so far; counted where there is a limit'),
});
export type ShareInfo = z.infer<typeof ShareInfo>;

/** To owners: all links, as they are now. An answer, or a broadcast when another owner has changed something. */
export const Shares = z.object({
  type: z.literal('shares'),
  re: MessageId.optional(),
  upload: UploadId,
  shares: z.array(ShareInfo),
});
export type Shares = z.infer<typeof Shares>;
