import { type Bits, bitsFromHex, bitsToHex } from '../../protocol/board/bits.ts';
import { emptyStripe, type Stripe } from '../../protocol/board/stripe.ts';
import type { Stripes } from '../ports.ts';
import { STRIPE_PREFIX, stripeKey, uploadPartition } from './keys.ts';
import type { Item, Table } from './table.ts';
import { makeUntold } from './untold.ts';

/** One item a stripe, under 1 KB: `{ s, rev, known, done, credits: [[d, bits]], leases: [[d, bits, untilMs]] }`. */
export function makeStripes(table: Table): Stripes {
  return {
    ...makeUntold(table),
    async load(upload, s) {
      const item = await table.get(stripeKey(upload, s));
      return item ? stripeOfItem(item) : emptyStripe(s);
    },
    async loadAll(upload) {
      return (await table.query(uploadPartition(upload), STRIPE_PREFIX)).map(stripeOfItem);
    },
    save(upload, next) {
      return table.put(
        { ...stripeKey(upload, next.s), ...itemOfStripe(next) },
        next.rev === 1
          ? { expression: 'attribute_not_exists(pk)' }
          : { expression: 'rev = :before', values: { ':before': next.rev - 1 } },
      );
    },
  };
}

// Bits are stored as 8 bytes: half of what hexadecimal would take, and the item has to stay under 1 KB.
function toBytes(bits: Bits): Uint8Array {
  return Uint8Array.from(Buffer.from(bitsToHex(bits).padStart(16, '0'), 'hex'));
}

function fromBytes(bytes: Uint8Array): Bits {
  return bitsFromHex(Buffer.from(bytes).toString('hex'));
}

function itemOfStripe(stripe: Stripe): Item {
  return {
    s: stripe.s,
    rev: stripe.rev,
    known: toBytes(stripe.known),
    done: toBytes(stripe.done),
    credits: stripe.credits.map(({ device, parts }) => [device, toBytes(parts)]),
    leases: stripe.leases.map(({ device, parts, untilMs }) => [device, toBytes(parts), untilMs]),
  };
}

interface StripeItem {
  s: number;
  rev: number;
  known: Uint8Array;
  done: Uint8Array;
  credits: Array<[number, Uint8Array]>;
  leases: Array<[number, Uint8Array, number]>;
}

function stripeOfItem(item: Item): Stripe {
  const stored = item as unknown as StripeItem;
  return {
    s: stored.s,
    rev: stored.rev,
    known: fromBytes(stored.known),
    done: fromBytes(stored.done),
    credits: stored.credits.map(([device, parts]) => ({ device, parts: fromBytes(parts) })),
    leases: stored.leases.map(([device, parts, untilMs]) => ({ device, parts: fromBytes(parts), untilMs })),
  };
}
