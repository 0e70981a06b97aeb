import { allBits } from '../../protocol/board/bits.ts';
import { isFull } from '../../protocol/board/decide.ts';
import { geometryOf } from '../../protocol/board/geometry.ts';
import type { Stripe } from '../../protocol/board/stripe.ts';
import type { Ports, UploadMeta } from '../ports.ts';
import { electIfDue } from './elect.ts';

/** Somebody died between filling a stripe and saying so, or between saying so and electing a finisher. */
export async function heal(
  ports: Ports,
  meta: UploadMeta,
  stripes: readonly Stripe[],
  marked: ReadonlySet<number>,
): Promise<void> {
  const geometry = geometryOf(meta.sizeBytes);
  const unmarked = stripes.filter(
    (stripe) => isFull(stripe, allBits(geometry, stripe.s)) && !marked.has(stripe.s),
  );
  if (unmarked.length > 0) {
    await ports.uploads.markFull(
      meta.upload,
      unmarked.map((stripe) => stripe.s),
    );
  }
  await electIfDue(ports, meta);
}
