import { isPaused, type UploadState } from '../../protocol/messages/common.ts';
import type { DeviceView } from '../engine/upload.ts';
import { words } from '../words/words.ts';

type DeviceNow = Pick<DeviceView, 'role' | 'online' | 'rateBps' | 'doneParts'>;

/** What a device is to the upload and does for it now, in words: no more than the board knows of it. */
export function deviceState(device: DeviceNow, phase: UploadState): string {
  const { role, online, rateBps, doneParts } = device;
  // Whoever came by a link to help may have no file, or just look on: nobody but that device knows.
  if (role === 'helper' && doneParts === 0 && rateBps === 0) {
    return [words.deviceWithout, online ? words.online : words.deviceAway].join(', ');
  }
  return `${words.deviceRole(role)}, ${presence(device, phase)}`;
}

function presence({ role, online, rateBps }: DeviceNow, phase: UploadState): string {
  if (!online) return words.deviceAway;
  if (isPaused(phase) && role !== 'watcher') return words.devicePaused;
  return rateBps > 0 || phase.state !== 'open' || role === 'watcher' ? words.online : words.deviceIdle;
}
