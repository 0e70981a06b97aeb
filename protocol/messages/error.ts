import { z } from 'zod';
import { MessageId, PartNumber, UploadId } from './common.ts';

/** What went wrong, for a program. */
export const ErrorKind = z.enum([
  'malformed',
  'too-long',
  'unknown-type',
  'wrong-version',
  'hello-first',
  'hello-twice',
  'bad-size',
  'not-admitted',
  'not-joined',
  'not-allowed',
  'not-proven',
  'not-ready',
  'part-out-of-range',
  'too-many-stripes',
  'hash-contradicts',
  'different-file',
  'upload-ended',
  'not-finished',
  'no-such-link',
  'link-is-makers',
  'too-many',
  'too-fast',
  'sign-in-first',
  'bad-token',
  'device-stopped',
  'busy',
  'store-full',
  'unavailable',
  'internal',
]);
export type ErrorKind = z.infer<typeof ErrorKind>;

/** What the `value` of a `not-admitted` says to whoever knows the secret of a link that was good once. */
export const LinkEnd = z.enum(['taken-back', 'run-out']);
export type LinkEnd = z.infer<typeof LinkEnd>;

/** An error as data: what was expected, what came, and when trying again makes sense. */
export const ProtocolError = z.object({
  kind: ErrorKind,
  message: z.string().describe('for a person'),
  expected: z.string().optional(),
  value: z.string().optional().describe('what came instead, shortened; never a secret'),
  part: PartNumber.optional(),
  minBackoffMs: z
    .int()
    .min(0)
    .optional()
    .describe('trying the same again makes sense, but not sooner than this'),
});
export type ProtocolError = z.infer<typeof ProtocolError>;

export const ErrorMessage = z.object({
  type: z.literal('error'),
  re: MessageId.optional().describe('missing when the message had no readable id'),
  upload: UploadId.optional(),
  error: ProtocolError,
});
export type ErrorMessage = z.infer<typeof ErrorMessage>;
