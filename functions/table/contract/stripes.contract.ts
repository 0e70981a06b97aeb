import { expect } from 'vitest';
import { emptyStripe, MAX_CREDITS, MAX_LEASES, type Stripe } from '../../../protocol/board/stripe.ts';
import { newId, type Rule, race, range, type Tools } from './tools.contract.ts';

const ALL = 0xffff_ffff_ffff_ffffn;
/** Of 10,000 parts. */
const MAX_STRIPES = 157;

/** Rules for the board's stripes: compare-and-swap on `rev`, and reads that see the last write. */
export function stripeRules(rule: Rule, tools: () => Tools): void {
  rule('T19', 'a stripe that nobody has touched is the empty one, and not among those listed', async () => {
    const { stripes, open } = tools();
    const upload = await open();
    expect(await stripes.load(upload, 4)).toEqual(emptyStripe(4));
    expect(await stripes.loadAll(upload)).toEqual([]);
  });

  rule(
    'T20',
    'a stripe is read back bit for bit, with as many leases and credits as it may have',
    async () => {
      const { stripes, open } = tools();
      const upload = await open();
      const stripe: Stripe = {
        s: 156,
        rev: 1,
        known: ALL,
        done: (1n << 63n) | 1n,
        credits: range(MAX_CREDITS).map((device) => ({ device, parts: 1n << BigInt(63 - device) })),
        leases: range(MAX_LEASES, 1).map((device) => ({
          device,
          parts: 1n << BigInt(device),
          untilMs: Number.MAX_SAFE_INTEGER,
        })),
      };
      expect(await stripes.save(upload, stripe)).toBe(true);
      expect(await stripes.load(upload, 156)).toEqual(stripe);
      expect(await stripes.loadAll(upload)).toEqual([stripe]);
    },
  );

  rule(
    'T21',
    'of many who save the same revision one does, and everybody reads what that one saved',
    async () => {
      const { stripes, open } = tools();
      const upload = await open();
      for (const rev of [1, 2, 3]) {
        const saved = await race(8, (i) => stripes.save(upload, revision(rev, BigInt(i))));
        expect(saved.filter(Boolean)).toHaveLength(1);
        const winner = revision(rev, BigInt(saved.indexOf(true)));
        const reads = await race(4, () => stripes.load(upload, 0));
        expect(reads).toEqual([winner, winner, winner, winner]);
      }
    },
  );

  rule('T22', 'a save that does not follow the stored revision is refused and changes nothing', async () => {
    const { stripes, open } = tools();
    const upload = await open();
    expect(await stripes.save(upload, revision(2, 1n))).toBe(false);
    expect(await stripes.loadAll(upload)).toEqual([]);
    await stripes.save(upload, revision(1, 1n));
    await stripes.save(upload, revision(2, 2n));
    for (const rev of [1, 2, 4]) expect(await stripes.save(upload, revision(rev, 9n))).toBe(false);
    expect(await stripes.load(upload, 0)).toEqual(revision(2, 2n));
  });

  rule('T23', 'an acknowledged save is seen by the very next read, by whatever way it comes', async () => {
    const { stripes, storeAt, endpoint, open } = tools();
    const upload = await open();
    const others = storeAt(endpoint).stripes;
    for (const rev of range(20, 1)) {
      await stripes.save(upload, revision(rev, BigInt(rev)));
      expect((await others.load(upload, 0)).rev).toBe(rev);
      expect((await others.loadAll(upload)).map((stripe) => stripe.rev)).toEqual([rev]);
    }
  });

  rule('T24', 'the largest board is listed whole, in order, and without those of other uploads', async () => {
    const { stripes, open } = tools();
    const [upload, other] = [await open(), newId()];
    await stripes.save(other, revision(1, 1n));
    await race(MAX_STRIPES, (i) => stripes.save(upload, { ...emptyStripe(MAX_STRIPES - 1 - i), rev: 1 }));
    expect((await stripes.loadAll(upload)).map(({ s }) => s)).toEqual(range(MAX_STRIPES));
    expect(await stripes.loadAll(other)).toEqual([revision(1, 1n)]);
  });
}

/** Stripe 0 at this revision; `done` tells whose it is. */
function revision(rev: number, done: bigint): Stripe {
  return { ...emptyStripe(0), rev, known: ALL, done };
}
