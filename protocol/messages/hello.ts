import { z } from 'zod';
import { MAX_DEVICE_NAME_LENGTH } from '../limits.ts';
import { EpochMs, MessageId, Secret } from './common.ts';

/** The first message of every connection; anything else before it ends the connection. */
export const Hello = z.object({
  type: z.literal('hello'),
  id: MessageId,
  version: z.int(),
  device: z.object({
    key: Secret.describe(
      "the device's own secret: coming back with it, a device has its number and leases again",
    ),
    name: z.string().min(1).max(MAX_DEVICE_NAME_LENGTH),
  }),
});
export type Hello = z.infer<typeof Hello>;

export const Welcome = z.object({ type: z.literal('welcome'), re: MessageId, serverNowMs: EpochMs });
export type Welcome = z.infer<typeof Welcome>;

/** Keeps the connection (API Gateway closes one that is idle for 10 min) and shows that it is alive. */
export const Ping = z.object({ type: z.literal('ping'), id: MessageId });
export type Ping = z.infer<typeof Ping>;

export const Pong = z.object({ type: z.literal('pong'), re: MessageId, serverNowMs: EpochMs });
export type Pong = z.infer<typeof Pong>;
