import { type Bits, NO_BITS, partsOf } from '../../protocol/board/bits.ts';
import { type Geometry, partLength } from '../../protocol/board/geometry.ts';
import type { Stripe } from '../../protocol/board/stripe.ts';
import { type Applied, applyToStripe } from '../apply-to-stripe.ts';
import { releasing } from '../free-leases.ts';
import { endOf } from '../links.ts';
import type { Member, Ports, Share } from '../ports.ts';
import { notAdmitted } from './context.ts';

/** What is left of a link with a limit. */
export interface Allowance {
  share: string;
  limitBytes: number;
  leftBytes: number;
}

/** The link by which a device came, as it is at this moment: one that was taken back grants nothing any more. */
export async function linkOf(ports: Ports, member: Member): Promise<Share | undefined> {
  // The makers' own cannot be taken back, and when it ends is known: nothing to be looked up at every sync.
  if (member.share === undefined || (member.isMakers && !member.isLimited)) return undefined;
  const share = await ports.shares.get(member.upload, member.share);
  const end = share && endOf(share, ports.clock.nowMs());
  if (!share || end) throw notAdmitted(end);
  return share;
}

export function allowanceOf(share: Share | undefined): Allowance | undefined {
  if (share?.limitBytes === undefined) return undefined;
  const { limitBytes, usedBytes } = share;
  return { share: share.share, limitBytes, leftBytes: Math.max(0, limitBytes - usedBytes) };
}

/** As many of these tickets, in their order, as the rest of the limit is enough for. */
export function within(parts: readonly number[], geometry: Geometry, leftBytes: number): number[] {
  let left = leftBytes;
  return parts.filter((part) => {
    const sizeBytes = partLength(geometry, part);
    if (sizeBytes > left) return false;
    left -= sizeBytes;
    return true;
  });
}

/**
 * Counts what was granted and what was given back. The count is of grants: an address that is out may be used, whatever
 * its device says later. Two devices of one link can have looked at the same rest: then the later one gives back what it
 * has just been granted, and the board is as if it had not asked.
 */
export async function charge(
  ports: Ports,
  { upload, device }: Member,
  { share, limitBytes, leftBytes }: Allowance,
  geometry: Geometry,
  applied: readonly Applied[],
): Promise<{ applied: readonly Applied[]; leftBytes: number }> {
  const sum = (bits: (one: Applied) => Bits) =>
    applied
      .flatMap((one) => partsOf(one.stripe.s, bits(one)))
      .reduce((bytes, part) => bytes + partLength(geometry, part), 0);
  const fresh = ({ before, granted }: Applied) => granted & ~leaseOf(before, device);
  const givenBack = ({ before, stripe }: Applied) =>
    leaseOf(before, device) & ~leaseOf(stripe, device) & ~stripe.done;
  const bytes = sum(fresh) - sum(givenBack);
  if (bytes === 0 || (await ports.shares.use(upload, share, bytes, limitBytes)))
    return { applied, leftBytes: leftBytes - bytes };
  const undone = await Promise.all(
    applied.map(async (one) => {
      const release = fresh(one);
      if (release === NO_BITS) return one;
      const { stripe } = await applyToStripe(ports, upload, one.stripe.s, releasing(device, release));
      return { ...one, stripe, changed: true, granted: one.granted & ~release };
    }),
  );
  return { applied: undone, leftBytes: 0 };
}

function leaseOf({ leases }: Stripe, device: number): Bits {
  return leases.find((lease) => lease.device === device)?.parts ?? NO_BITS;
}
