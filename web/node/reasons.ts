import { isPaused } from '../../protocol/messages/common.ts';
import type { ConnectionStatus } from '../engine/connection.ts';
import type { UploadView } from '../engine/upload.ts';

const STORE_FULL =
  'the disk of the server is full; what is uploaded is kept, and this goes on by itself once somebody has made room there';

/** Why nothing leaves this device just now, in a few words; undefined while it is at work. Pure. */
export function reasonOf(view: UploadView, status: ConnectionStatus, server?: string): string | undefined {
  const trouble =
    status.state === 'connecting' ? status.trouble : view.state === 'opening' ? view.trouble : undefined;
  if (trouble) return trouble === 'store-full' ? STORE_FULL : 'the server is not ready; trying again';
  if (status.state !== 'online') {
    const where = server === undefined ? '' : ` at ${server}`;
    return `the server${where} cannot be reached; trying again`;
  }
  if (view.state !== 'open') return undefined;
  if (view.phase.state === 'finishing' || view.doneParts === view.partCount) {
    return 'all parts are in; S3 is putting the file together';
  }
  if (isPaused(view.phase)) return 'paused for all devices by the owner';
  switch (view.carrier?.state) {
    case undefined:
      return 'watching';
    case 'proving':
      return 'checking that this is the same file';
    case 'retrying':
      return 'parts do not get through just now; trying again';
    case 'store-full':
      return STORE_FULL;
    case 'nothing-free':
      return 'everything left is in other hands, or not checked yet by the device with the original';
    default:
      return undefined;
  }
}
