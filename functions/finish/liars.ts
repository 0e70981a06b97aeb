import type { Bits } from '../../protocol/board/bits.ts';
import { NO_BITS } from '../../protocol/board/bits.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { cutOff } from '../cut-off.ts';
import type { EnrolledDevice, Ports } from '../ports.ts';

/**
 * Devices that reported parts which S3 does not have. S3 keeps what it has acknowledged, so they cannot have sent them.
 * An owner is never one: there is nobody to be protected from them.
 *
 * Asked before the parts are reopened, for that takes the credits away.
 */
export async function liarsOf(
  ports: Ports,
  upload: string,
  missing: ReadonlyMap<number, Bits>,
): Promise<readonly EnrolledDevice[]> {
  const numbers = new Set<number>();
  for (const [s, parts] of missing) {
    const { credits } = await ports.stripes.load(upload, s);
    for (const credit of credits) if ((credit.parts & parts) !== NO_BITS) numbers.add(credit.device);
  }
  const devices = await ports.members.devices(upload);
  return devices.filter(({ device, role }) => numbers.has(device) && role !== 'owner');
}

/** For good; and a link that let in several of them is taken back, or they would only come again by other names. */
export async function sendAway(
  ports: Ports,
  upload: string,
  liars: readonly EnrolledDevice[],
): Promise<void> {
  if (liars.length === 0) return;
  const numbers = new Set(liars.map(({ device }) => device));
  ports.log({ kind: 'stopped', upload, devices: [...numbers] });
  await ports.members.stop(upload, numbers, ports.clock.nowMs());
  const spoilt = new Set<string>();
  for (const { share } of liars) {
    if (share === undefined || (await ports.shares.lied(upload, share)) < LIMITS.liesPerLink) continue;
    if (await ports.shares.revoke(upload, share, ports.clock.nowMs())) spoilt.add(share);
  }
  await cutOff(
    ports,
    upload,
    ({ device, share }) => numbers.has(device) || (share !== undefined && spoilt.has(share)),
  );
}
