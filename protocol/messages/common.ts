import { z } from 'zod';
import { MAX_PARTS } from '../board/geometry.ts';
import { MAX_NAME_LENGTH, MAX_TYPE_LENGTH } from '../limits.ts';

/** Chosen by the client, repeated by the answer. */
export const MessageId = z.int().min(0).describe('chosen by the client, repeated in the answer as `re`');

export const UploadId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{22}$/)
  .describe('128 bits, base64url');

/** What a link carries: the right to join an upload in some role. */
export const Secret = z
  .string()
  .regex(/^[A-Za-z0-9_-]{22,43}$/)
  .describe('at least 128 random bits, base64url; never logged, kept as a hash');

/** A link's name among those of its upload. It opens nothing, so it may be shown and logged. */
export const ShareId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{11}$/)
  .describe('64 bits of a hash of the secret, base64url');

export const PartNumber = z.int().min(1).max(MAX_PARTS);

export const Sha256 = z
  .string()
  .regex(/^[A-Za-z0-9+/]{43}=$/)
  .describe('SHA-256, base64');

export const PartHash = z.object({ part: PartNumber, sha256: Sha256 });
export type PartHash = z.infer<typeof PartHash>;

export const EpochMs = z.int().min(0).describe("the server's epoch milliseconds");

/** A device's number on one board, from 1; 0 stands for "others". */
export const DeviceNumber = z.int().min(0);

export const BacklogBytes = z
  .number()
  .min(0)
  .describe('what a device has still to send of the tickets that it holds');

export const RateBps = z.number().min(0).describe('bytes a second');

export const Role = z.enum(['owner', 'helper', 'watcher']);
export type Role = z.infer<typeof Role>;

/** What is uploaded. The size is checked against S3's limits by the server, with an error of its own. */
export const FileInfo = z.object({
  name: z.string().min(1).max(MAX_NAME_LENGTH),
  sizeBytes: z.number(),
  type: z.string().max(MAX_TYPE_LENGTH).describe('media type, may be empty'),
});
export type FileInfo = z.infer<typeof FileInfo>;

export const UploadState = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('open'),
    pausedAtMs: EpochMs.optional().describe('paused by an owner since then: no tickets are granted'),
  }),
  z.object({
    state: z.literal('finishing'),
    untilMs: EpochMs.describe('when to ask again if nothing was heard'),
  }),
  z.object({
    state: z.literal('finished'),
    finishedAtMs: EpochMs,
    sha256: z.string().describe('S3 composite: base64-N'),
  }),
  z.object({ state: z.literal('aborted'), abortedAtMs: EpochMs }),
]);
export type UploadState = z.infer<typeof UploadState>;

export function isPaused(state: UploadState): boolean {
  return state.state === 'open' && state.pausedAtMs !== undefined;
}
