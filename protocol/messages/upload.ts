import { z } from 'zod';
import { EpochMs, FileInfo, MessageId, Secret, UploadId } from './common.ts';

/**
 * Starts an upload. The client makes the secrets, so that a repeated `create` is the same upload and the link can be
 * shown before the answer. Answered by `board`.
 */
export const Create = z.object({
  type: z.literal('create'),
  id: MessageId,
  file: FileInfo,
  secrets: z.object({ own: Secret, help: Secret, watch: Secret }),
  key: Secret.optional().describe(
    "the server's own key, from the address that it shows: needed where not everybody may create",
  ),
});
export type Create = z.infer<typeof Create>;

/** Opens the board that a secret belongs to, in that secret's role. Answered by `board`. */
export const Join = z.object({ type: z.literal('join'), id: MessageId, secret: Secret });
export type Join = z.infer<typeof Join>;

/** Closes the board on this connection. Answered by `ok`. */
export const Leave = z.object({ type: z.literal('leave'), id: MessageId, upload: UploadId });
export type Leave = z.infer<typeof Leave>;

/** Owner: ends the upload, nothing is kept. Answered by `ok`. */
export const Abort = z.object({ type: z.literal('abort'), id: MessageId, upload: UploadId });
export type Abort = z.infer<typeof Abort>;

/**
 * Owner: pauses the upload for all devices, or lets it go on. While it is paused no tickets are granted and none are
 * held; what still lands counts. Answered by `ok`; every device hears the new `state`.
 */
export const Pause = z.object({
  type: z.literal('pause'),
  id: MessageId,
  upload: UploadId,
  paused: z.boolean(),
});
export type Pause = z.infer<typeof Pause>;

/** Owner: asks for a short-lived address of the finished object. Answered by `link`. */
export const Download = z.object({ type: z.literal('download'), id: MessageId, upload: UploadId });
export type Download = z.infer<typeof Download>;

export const Ok = z.object({ type: z.literal('ok'), re: MessageId });
export type Ok = z.infer<typeof Ok>;

export const Link = z.object({
  type: z.literal('link'),
  re: MessageId,
  url: z.string().describe("resolve it against the address of the socket's origin"),
  expiresAtMs: EpochMs,
});
export type Link = z.infer<typeof Link>;
