import { type Decision, decide, type StripeCommand } from '../protocol/board/decide.ts';
import type { Stripe } from '../protocol/board/stripe.ts';
import { stripeToWire } from '../protocol/messages/board.ts';
import type { Ports } from './ports.ts';
import { Refusal } from './refusal.ts';

const MAX_TRIES = 8;
const FIRST_WAIT_MS = 5;
const MAX_WAIT_MS = 200;

export interface Applied extends Decision {
  changed: boolean;
  /** The stripe that was decided upon. */
  before: Stripe;
}

/**
 * Decides a command on a stripe and stores it by compare-and-swap:
 *
 *     read (consistent) ─▶ decide ─▶ put if rev is still the one read ─▶ done
 *          ▲                               │ somebody was faster
 *          └──── wait, full jitter ◀───────┘
 *
 * `read`: the stripe as the caller has just read it, for the first try.
 */
export async function applyToStripe(
  ports: Pick<Ports, 'stripes' | 'clock' | 'random'>,
  upload: string,
  s: number,
  command: StripeCommand,
  read?: Stripe,
): Promise<Applied> {
  let tried: Stripe | undefined;
  let failure: unknown;
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const stripe = attempt === 0 && read ? read : await ports.stripes.load(upload, s);
    const decision = decide(stripe, command, ports.clock.nowMs());
    // A save that was refused may have been ours already, its first answer lost: then nobody has told the others yet.
    const isOurs = tried !== undefined && isSame(stripe, tried);
    if (decision.stripe === stripe) return { ...decision, changed: isOurs, before: stripe };
    tried = decision.stripe;
    try {
      if (await ports.stripes.save(upload, tried)) return { ...decision, changed: true, before: stripe };
    } catch (error) {
      // It may have been stored all the same. Looked at once more: if it was, the others are to hear of it (I4).
      if (failure !== undefined) throw error;
      failure = error;
    }
    await ports.clock.sleep(ports.random() * Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt));
  }
  throw new Refusal('busy', 'Many devices are at the same parts. Trying again in a moment.', {
    minBackoffMs: MAX_WAIT_MS,
  });
}

function isSame(a: Stripe, b: Stripe): boolean {
  return a.rev === b.rev && JSON.stringify(stripeToWire(a)) === JSON.stringify(stripeToWire(b));
}
