import { z } from 'zod';
import { bitsFromHex, bitsToHex } from '../board/bits.ts';
import type { Stripe as BoardStripe } from '../board/stripe.ts';
import {
  BacklogBytes,
  DeviceNumber,
  EpochMs,
  FileInfo,
  MessageId,
  RateBps,
  Role,
  ShareId,
  UploadId,
  UploadState,
} from './common.ts';

const HexBits = z
  .string()
  .regex(/^[0-9a-f]{1,16}$/)
  .describe('a set of the 64 tickets of a stripe, hexadecimal: bit i is part 64 s + 1 + i');

/** A stripe on the wire: the whole state, never a delta. */
export const Stripe = z.object({
  s: z.int().min(0),
  rev: z.int().min(0).describe('a replica takes a stripe only with a higher rev than its own'),
  known: HexBits,
  done: HexBits,
  credits: z.array(z.tuple([DeviceNumber, HexBits])).describe('who carried which parts'),
  leases: z.array(z.tuple([DeviceNumber, HexBits, EpochMs])).describe('who holds which tickets until when'),
});
export type Stripe = z.infer<typeof Stripe>;

export function stripeToWire(stripe: BoardStripe): Stripe {
  return {
    s: stripe.s,
    rev: stripe.rev,
    known: bitsToHex(stripe.known),
    done: bitsToHex(stripe.done),
    credits: stripe.credits.map(({ device, parts }) => [device, bitsToHex(parts)]),
    leases: stripe.leases.map(({ device, parts, untilMs }) => [device, bitsToHex(parts), untilMs]),
  };
}

const converted = new WeakMap<Stripe, BoardStripe>();

/** Neither is ever changed: a frame that is read for many boards in one program is converted once. */
export function stripeFromWire(wire: Stripe): BoardStripe {
  const known = converted.get(wire) ?? convert(wire);
  converted.set(wire, known);
  return known;
}

function convert(wire: Stripe): BoardStripe {
  return {
    s: wire.s,
    rev: wire.rev,
    known: bitsFromHex(wire.known),
    done: bitsFromHex(wire.done),
    credits: wire.credits.map(([device, parts]) => ({ device, parts: bitsFromHex(parts) })),
    leases: wire.leases.map(([device, parts, untilMs]) => ({ device, parts: bitsFromHex(parts), untilMs })),
  };
}

export const BoardDevice = z.object({
  number: DeviceNumber,
  name: z.string(),
  role: Role,
  online: z.boolean(),
  share: ShareId.optional().describe('the link that it came by'),
});
export type BoardDevice = z.infer<typeof BoardDevice>;

/** The snapshot: the answer to `create` and `join`. What does not fit the frame follows as `stripes` and `device`. */
export const Board = z.object({
  type: z.literal('board'),
  re: MessageId,
  upload: UploadId,
  role: Role,
  device: DeviceNumber.describe("the receiver's own number on this board"),
  file: FileInfo,
  partBytes: z.int(),
  createdAtMs: EpochMs,
  expiresAtMs: EpochMs,
  state: UploadState,
  proven: z.boolean().describe('whether this device has shown that it has the file'),
  stripes: z.array(Stripe).describe('those that somebody has touched; the others are empty, at rev 0'),
  devices: z.array(BoardDevice),
});
export type Board = z.infer<typeof Board>;

/** To all devices: stripes that changed. */
export const Stripes = z.object({
  type: z.literal('stripes'),
  upload: UploadId,
  stripes: z.array(Stripe),
  by: z
    .object({ device: DeviceNumber, rateBps: RateBps, backlogBytes: BacklogBytes.optional() })
    .optional()
    .describe('whose sync this was, and its speed'),
  rates: z
    .array(z.tuple([DeviceNumber, RateBps]))
    .optional()
    .describe('where the syncs of many devices are told of together: whose they were, and their speeds'),
  backlogs: z
    .array(z.tuple([DeviceNumber, BacklogBytes]))
    .optional()
    .describe('… and what each of them has still to send'),
});
export type Stripes = z.infer<typeof Stripes>;

/** To all devices: somebody came or went. */
export const Device = z.object({ type: z.literal('device'), upload: UploadId, device: BoardDevice });
export type Device = z.infer<typeof Device>;

/** To all devices: the upload as a whole changed its state. */
export const State = z.object({ type: z.literal('state'), upload: UploadId, state: UploadState });
export type State = z.infer<typeof State>;
