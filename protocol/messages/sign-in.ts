import { z } from 'zod';
import { MAX_ADOPTED_AT_ONCE, MAX_TOKEN_LENGTH } from '../limits.ts';
import { EpochMs, FileInfo, MessageId, Secret, UploadId, UploadState } from './common.ts';

/**
 * Says who is at this device, by an ID token of the issuer that the page's configuration names. From then on, what is
 * created here is theirs, and so is what they created elsewhere. Again before the token runs out. Answered by
 * `signed-in`.
 */
export const SignIn = z.object({
  type: z.literal('sign-in'),
  id: MessageId,
  token: z.string().min(1).max(MAX_TOKEN_LENGTH).describe('an ID token, a JWT; never logged or kept'),
});
export type SignIn = z.infer<typeof SignIn>;

/** In which an e-mail can be written. */
export const MailLanguage = z.enum(['en', 'de', 'es']);
export type MailLanguage = z.infer<typeof MailLanguage>;

export const SignedIn = z.object({
  type: z.literal('signed-in'),
  re: MessageId,
  name: z.string().describe('as the issuer says it; may be empty'),
  untilMs: EpochMs.describe('when to say it again with a new token'),
  mail: z
    .object({
      address: z.string().describe('theirs, as the issuer vouches for it'),
      isWanted: z.boolean().describe('whether they are told there when an upload of theirs is complete'),
    })
    .optional()
    .describe('left out where this server sends no e-mail, or knows no address of theirs'),
});
export type SignedIn = z.infer<typeof SignedIn>;

/**
 * Whether whoever is signed in wants an e-mail when an upload of theirs is complete. It goes to the address that the token
 * says, which is kept for as long as it is wanted, a year after the last sign-in at most. Answered by `ok`.
 */
export const MailMe = z.object({
  type: z.literal('mail-me'),
  id: MessageId,
  isWanted: z.boolean(),
  language: MailLanguage,
  token: z.string().min(1).max(MAX_TOKEN_LENGTH).describe('an ID token, as in `sign-in`'),
});
export type MailMe = z.infer<typeof MailMe>;

/** Makes uploads theirs that were made before they signed in, by their makers' own secrets; links
 * make nobody the owner for good. Answered by `ok`. */
export const Adopt = z.object({
  type: z.literal('adopt'),
  id: MessageId,
  secrets: z.array(Secret).max(MAX_ADOPTED_AT_ONCE),
});
export type Adopt = z.infer<typeof Adopt>;

/** Asks for all uploads of whoever is signed in. Answered by `mine`, and by more of them if they do not fit a frame. */
export const ListMine = z.object({ type: z.literal('list-mine'), id: MessageId });
export type ListMine = z.infer<typeof ListMine>;

/** Opens an upload of theirs as its owner, without a link. Answered by `board`. */
export const Open = z.object({ type: z.literal('open'), id: MessageId, upload: UploadId });
export type Open = z.infer<typeof Open>;

export const MyUpload = z.object({
  upload: UploadId,
  file: FileInfo,
  state: UploadState,
  createdAtMs: EpochMs,
  expiresAtMs: EpochMs,
});
export type MyUpload = z.infer<typeof MyUpload>;

/** To every device of theirs: uploads as they are now. Those that it does not name are as they were. */
export const Mine = z.object({
  type: z.literal('mine'),
  re: MessageId.optional(),
  uploads: z.array(MyUpload),
});
export type Mine = z.infer<typeof Mine>;
