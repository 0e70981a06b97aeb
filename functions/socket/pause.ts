import type { UploadState } from '../../protocol/messages/common.ts';
import type { Pause } from '../../protocol/messages/upload.ts';
import { broadcast } from '../broadcast.ts';
import { freeLeases } from '../free-leases.ts';
import { Refusal } from '../refusal.ts';
import { type Answer, type MessageContext, memberOf, requireRole } from './context.ts';

/**
 * Written down first: from then on no sync is granted anything. Then every device hears of it and gives back what it
 * holds; the leases of those that do not listen any more are ended here. Should we die in between, saying it again does
 * the rest.
 */
export async function pause(context: MessageContext, message: Pause): Promise<Answer> {
  const { ports } = context;
  const { upload, paused } = message;
  requireRole(await memberOf(context, upload), ['owner'], 'pause this upload');
  const isSet = await ports.uploads.setPaused(upload, paused ? ports.clock.nowMs() : undefined);
  const now = await ports.uploads.state(upload);
  if (!isSet || !now) {
    throw new Refusal('upload-ended', 'This upload is not open any more; there is nothing to pause.', {
      expected: 'open',
      value: now?.state.state ?? 'unknown',
    });
  }
  ports.log({ kind: paused ? 'paused' : 'resumed', upload });
  await tell(context, upload, now.state);
  if (paused) await endAllLeases(context, upload);
  return { type: 'ok', re: message.id };
}

function tell({ ports }: MessageContext, upload: string, state: UploadState): Promise<void> {
  return broadcast(ports, upload, { type: 'state', upload, state });
}

async function endAllLeases({ ports }: MessageContext, upload: string): Promise<void> {
  const devices = await ports.members.devices(upload);
  await freeLeases(ports, upload, new Set(devices.map(({ device }) => device)));
}
