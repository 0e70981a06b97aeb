import { words } from '../words/words.ts';
import type { OpenView } from './status.ts';

/** What of a view is worth being told. */
export interface Told {
  tenth: number;
  phase: OpenView['phase']['state'];
  isUnreachable: boolean;
  devices: ReadonlyMap<number, { name: string; isOnline: boolean; isCarrying: boolean }>;
}

export function toldOf(view: OpenView, isUnreachable: boolean): Told {
  return {
    tenth: Math.floor(view.progress.share * 10 + 1e-9),
    phase: view.phase.state,
    isUnreachable,
    devices: new Map(
      view.devices
        .filter(({ isSelf }) => !isSelf)
        .map(({ number, name, online, doneParts }) => [
          number,
          { name, isOnline: online, isCarrying: doneParts > 0 },
        ]),
    ),
  };
}

/** What somebody who cannot see the page is told, in the order of its weight. The finish is told by its notice. */
export function announcements(before: Told, now: Told, share: number, eta: string): string[] {
  const said: string[] = [];
  if (now.phase !== before.phase && now.phase === 'aborted') said.push(words.status.aborted);
  if (now.isUnreachable !== before.isUnreachable) {
    said.push(now.isUnreachable ? words.said.lost : words.reconnected);
  }
  for (const [number, device] of now.devices) {
    const known = before.devices.get(number);
    if (device.isOnline && !known?.isOnline) said.push(words.said.joined(device.name));
    else if (!device.isOnline && known?.isOnline) said.push(words.said.left(device.name));
    else if (device.isCarrying && known && !known.isCarrying) said.push(words.said.helping(device.name));
  }
  if (now.tenth > before.tenth && now.phase === 'open') said.push(words.said.percent(share, eta));
  return said;
}
