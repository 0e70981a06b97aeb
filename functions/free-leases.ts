import { type Bits, NO_BITS } from '../protocol/board/bits.ts';
import type { SyncCommand } from '../protocol/board/decide.ts';
import type { Stripe } from '../protocol/board/stripe.ts';
import { stripeToWire } from '../protocol/messages/board.ts';
import { applyToStripe } from './apply-to-stripe.ts';
import { broadcast } from './broadcast.ts';
import type { Ports } from './ports.ts';

/** Stripes in one broadcast: at 1 KB each they fit a frame. */
const STRIPES_PER_FRAME = 16;

/** Ends the leases of devices that were sent away, so that nobody waits for them to run out. */
export async function freeLeases(ports: Ports, upload: string, devices: ReadonlySet<number>): Promise<void> {
  if (devices.size === 0) return;
  const changed: Stripe[] = [];
  for (const { s, leases } of await ports.stripes.loadAll(upload)) {
    for (const { device, parts } of leases.filter((lease) => devices.has(lease.device))) {
      const { stripe } = await applyToStripe(ports, upload, s, releasing(device, parts));
      changed.push(stripe);
    }
  }
  await tellStripes(ports, upload, changed);
}

/** To everybody, in as many frames as it takes. */
export async function tellStripes(ports: Ports, upload: string, stripes: readonly Stripe[]): Promise<void> {
  for (let from = 0; from < stripes.length; from += STRIPES_PER_FRAME) {
    const some = stripes.slice(from, from + STRIPES_PER_FRAME).map(stripeToWire);
    await broadcast(ports, upload, { type: 'stripes', upload, stripes: some });
  }
}

/** Gives back tickets of a device, and says nothing else of it. */
export function releasing(device: number, release: Bits): SyncCommand {
  const nothing = { publish: NO_BITS, done: NO_BITS, claim: NO_BITS, hedge: NO_BITS, leaseMs: 0 };
  return { kind: 'sync', device, release, ...nothing };
}
