import { cut, dismiss } from './broadcast.ts';
import { freeLeases } from './free-leases.ts';
import type { EnrolledDevice, Ports } from './ports.ts';

/** Ends the connections and the leases of some devices of an upload. What they stored is kept. Safe to repeat. */
export async function cutOff(
  ports: Ports,
  upload: string,
  isMeant: (device: Pick<EnrolledDevice, 'device' | 'share'>) => boolean,
): Promise<void> {
  for (const member of (await ports.members.members(upload)).filter(isMeant)) {
    await dismiss(ports, member);
    await cut(ports, member.connection);
  }
  const devices = (await ports.members.devices(upload)).filter(isMeant);
  await freeLeases(ports, upload, new Set(devices.map(({ device }) => device)));
}
