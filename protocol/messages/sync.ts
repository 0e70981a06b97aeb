import { z } from 'zod';
import { MAX_PARTS_PER_LIST } from '../limits.ts';
import { Stripe } from './board.ts';
import {
  BacklogBytes,
  EpochMs,
  MessageId,
  PartHash,
  PartNumber,
  RateBps,
  Sha256,
  UploadId,
  UploadState,
} from './common.ts';

const Parts = z.array(PartNumber).max(MAX_PARTS_PER_LIST);

/**
 * The whole steady state in one message: report, publish, give back, claim and renew. Every list may be empty; an
 * empty sync asks how things stand. Answered by `granted`.
 */
export const Sync = z.object({
  type: z.literal('sync'),
  id: MessageId,
  upload: UploadId,
  done: Parts.describe('parts that S3 has acknowledged'),
  hashes: z.array(PartHash).max(MAX_PARTS_PER_LIST).describe('owner: hashes for the manifest'),
  want: Parts.describe('tickets to claim'),
  hedge: Parts.describe('tickets of others to carry a second time, near the end'),
  release: Parts.describe('tickets to give back'),
  renew: Parts.describe('tickets in hand whose lease is to be renewed; one a stripe is enough'),
  any: z
    .int()
    .min(0)
    .max(MAX_PARTS_PER_LIST)
    .optional()
    .describe('for a client that keeps no board: how many tickets it wants'),
  similar: z
    .boolean()
    .optional()
    .describe('in place of a wanted ticket that another device has, a free one of its stripe is as good'),
  hurry: z
    .boolean()
    .optional()
    .describe('tickets are few: even where many devices are there, the others are to hear of it at once'),
  again: z
    .boolean()
    .optional()
    .describe(
      'what it says was said before and not answered: the others are to hear of it whether or not it is new',
    ),
  leaseMs: z.number().min(0).describe('how long a lease to ask for; three times the time a part takes'),
  rateBps: RateBps,
  backlogBytes: BacklogBytes.optional(),
});
export type Sync = z.infer<typeof Sync>;

export const Ticket = z.object({
  part: PartNumber,
  sha256: Sha256.describe('send it as the header x-amz-checksum-sha256'),
  signature: z.string().describe('put it into the template in place of {signature}'),
});
export type Ticket = z.infer<typeof Ticket>;

export const Granted = z.object({
  type: z.literal('granted'),
  re: MessageId,
  upload: UploadId,
  serverNowMs: EpochMs,
  state: UploadState,
  stripes: z.array(Stripe).describe('those that the sync touched, as they are now'),
  leftBytes: z
    .int()
    .min(0)
    .optional()
    .describe('what may still be granted by the link that this device came by, if it has a limit'),
  put: z
    .object({
      template: z
        .string()
        .describe("PUT here with {part} and {signature} filled in, resolved against the socket's origin"),
      expiresAtMs: EpochMs,
      tickets: z.array(Ticket),
    })
    .optional(),
});
export type Granted = z.infer<typeof Granted>;
