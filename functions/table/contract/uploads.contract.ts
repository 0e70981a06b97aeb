import { expect } from 'vitest';
import type { UploadMeta } from '../../ports.ts';
import type { Table } from '../table.ts';
import {
  EXPIRES_AT_MS,
  metaOf,
  newHash,
  newId,
  newShares,
  type Rule,
  race,
  storeOn,
  type Tools,
} from './tools.contract.ts';

/** Rules for uploads as wholes: made once, found by their secrets, full stripe by stripe, ended once. */
export function uploadRules(rule: Rule, tools: () => Tools): void {
  rule(
    'T1',
    'an upload is read back as it was created: open, with no full stripe and with its shares',
    async () => {
      const { shares: links, uploads } = tools();
      const meta = metaOf();
      const shares = newShares();
      expect(await uploads.create(meta, shares)).toBe('created');
      expect(await uploads.meta(meta.upload)).toEqual(meta);
      expect(await uploads.state(meta.upload)).toEqual({
        state: { state: 'open' },
        fullStripes: new Set(),
        devices: 0,
      });
      for (const { secretHash, share, role } of shares) {
        const link = { upload: meta.upload, share, role, expiresAtMs: EXPIRES_AT_MS };
        expect(await links.find(secretHash)).toMatchObject({ ...link, isMakers: role === 'owner' });
      }
    },
  );

  rule('T2', 'what was never created is not there', async () => {
    const { shares, uploads } = tools();
    expect(await uploads.meta(newId())).toBeUndefined();
    expect(await uploads.state(newId())).toBeUndefined();
    expect(await shares.find(newHash())).toBeUndefined();
  });

  rule(
    'T3',
    'of many who create one id at once one creates it, and all of them find what that one made',
    async () => {
      const { uploads } = tools();
      const upload = newId();
      const shares = newShares();
      const rivals = Array.from({ length: 8 }, (_, i) =>
        metaOf({ upload, name: `name ${i}`, createdAtMs: i }),
      );
      const outcomes = await Promise.all(rivals.map((meta) => uploads.create(meta, shares)));
      expect(outcomes.toSorted()).toEqual(['created', ...Array.from({ length: 7 }, () => 'exists')]);
      expect(await uploads.meta(upload)).toEqual(rivals[outcomes.indexOf('created')]);
    },
  );

  rule('T4', 'a later creation of the same id changes nothing of the first', async () => {
    const { uploads } = tools();
    const meta = metaOf();
    const shares = newShares();
    await uploads.create(meta, shares);
    await uploads.markFull(meta.upload, [3]);
    await uploads.beginFinish(meta.upload, 'token', 10, 0);
    const before = await stateOf(tools(), meta, shares);
    const later = metaOf({ upload: meta.upload, name: 'other', expiresAtMs: 2 * EXPIRES_AT_MS });
    expect(await uploads.create(later, shares)).toBe('exists');
    expect(await stateOf(tools(), meta, shares)).toEqual(before);
  });

  rule(
    'T5',
    'a creation that was cut short anywhere is not there yet, and is made whole by repeating it',
    async () => {
      const { table, uploads } = tools();
      const shares = newShares();
      const writes = 2 * shares.length + 2;
      for (let cutAt = 1; cutAt <= writes; cutAt++) {
        const meta = metaOf();
        const fresh = newShares();
        const cut = storeOn(cutShort(table, cutAt)).uploads.create(meta, fresh);
        await expect(cut, `cut at write ${cutAt}`).rejects.toThrow('cut short');
        expect(await uploads.meta(meta.upload)).toBeUndefined();
        expect(await uploads.create(meta, fresh), `cut at write ${cutAt}`).toBe('created');
        expect(await uploads.meta(meta.upload)).toEqual(meta);
        expect((await uploads.state(meta.upload))?.state).toEqual({ state: 'open' });
      }
    },
  );

  rule('T6', 'a secret stays with the upload that brought it first, in its role', async () => {
    const { shares: links, uploads } = tools();
    const first = metaOf();
    const shares = newShares();
    await uploads.create(first, shares);
    const second = metaOf();
    await expect(uploads.create(second, shares)).rejects.toThrow('a secret of this upload is in use already');
    const swapped = shares.map((share) => ({ ...share, role: 'owner' as const }));
    await expect(uploads.create(first, swapped)).rejects.toThrow('a secret of this upload is in use already');
    expect(await uploads.meta(second.upload)).toBeUndefined();
    for (const { secretHash, role } of shares) {
      expect(await links.find(secretHash)).toMatchObject({ upload: first.upload, role });
    }
  });

  rule('T7', 'stripes marked full by many at once are all in the set, each once', async () => {
    const { uploads, open } = tools();
    const upload = await open();
    const sets = await race(12, (i) => uploads.markFull(upload, [i, i + 1]));
    const all = new Set(Array.from({ length: 13 }, (_, s) => s));
    expect((await uploads.state(upload))?.fullStripes).toEqual(all);
    // Whoever was last saw them all: somebody always knows that the board is full.
    expect(sets.some((set) => set.size === all.size)).toBe(true);
  });

  rule('T8', 'unmarking takes out what it names and nothing else, down to the empty set', async () => {
    const { uploads, open } = tools();
    const upload = await open();
    await uploads.markFull(upload, [0, 1, 156]);
    await uploads.unmarkFull(upload, [1, 7]);
    expect((await uploads.state(upload))?.fullStripes).toEqual(new Set([0, 156]));
    await uploads.unmarkFull(upload, [0, 156]);
    expect((await uploads.state(upload))?.fullStripes).toEqual(new Set());
    expect(await uploads.markFull(upload, [5])).toEqual(new Set([5]));
  });

  rule('T9', 'whatever has not finished can be aborted, once', async () => {
    const { uploads, open } = tools();
    const upload = await open();
    const outcomes = await race(8, (i) => uploads.abort(upload, i));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    const state = { state: 'aborted', abortedAtMs: outcomes.indexOf(true) };
    expect((await uploads.state(upload))?.state).toEqual(state);

    const finishing = await open();
    await uploads.beginFinish(finishing, 'token', 10, 0);
    expect(await uploads.abort(finishing, 5)).toBe(true);
  });

  rule('T10', 'what has finished, or never was, cannot be aborted', async () => {
    const { uploads, open } = tools();
    const upload = await open();
    await uploads.beginFinish(upload, 'token', 10, 0);
    const finished = { state: 'finished', finishedAtMs: 1, sha256: 'x-1' } as const;
    await uploads.endFinish(upload, 'token', finished);
    expect(await uploads.abort(upload, 2)).toBe(false);
    expect((await uploads.state(upload))?.state).toEqual(finished);
    const nobody = newId();
    expect(await uploads.abort(nobody, 2)).toBe(false);
    expect(await uploads.state(nobody)).toBeUndefined();
  });

  rule(
    'T51',
    'an open upload is paused since the first time it was said, and no more once it goes on',
    async () => {
      const { uploads, open } = tools();
      const upload = await open();
      expect(await uploads.setPaused(upload, 5)).toBe(true);
      expect(await uploads.setPaused(upload, 9)).toBe(true);
      expect((await uploads.state(upload))?.state).toEqual({ state: 'open', pausedAtMs: 5 });
      for (const _ of [1, 2]) {
        expect(await uploads.setPaused(upload, undefined)).toBe(true);
        expect((await uploads.state(upload))?.state).toEqual({ state: 'open' });
      }
    },
  );

  rule('T52', 'a pause ends when the finish begins, and what is not open cannot be paused', async () => {
    const { uploads, open } = tools();
    const upload = await open();
    await uploads.setPaused(upload, 5);
    expect(await uploads.beginFinish(upload, 'token', 20, 10)).toBe(true);
    expect(await uploads.setPaused(upload, 11)).toBe(false);
    expect((await uploads.state(upload))?.state).toEqual({ state: 'finishing', untilMs: 20 });
    await uploads.endFinish(upload, 'token', { state: 'open' });
    expect((await uploads.state(upload))?.state).toEqual({ state: 'open' });
    expect(await uploads.setPaused(newId(), 5)).toBe(false);
  });
}

async function stateOf(
  { shares: links, uploads }: Tools,
  { upload }: UploadMeta,
  shares: ReturnType<typeof newShares>,
) {
  return {
    meta: await uploads.meta(upload),
    state: await uploads.state(upload),
    shares: await Promise.all(shares.map(({ secretHash }) => links.find(secretHash))),
  };
}

/** A process that dies before its n-th put. */
function cutShort(table: Table, cutAt: number): Table {
  let puts = 0;
  return {
    ...table,
    async put(item, condition) {
      if (++puts === cutAt) throw new Error('cut short');
      return table.put(item, condition);
    },
  };
}
