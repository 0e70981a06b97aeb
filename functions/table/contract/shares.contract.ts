import { expect } from 'vitest';
import type { NewShare } from '../../ports.ts';
import { shareSecretParts } from '../keys.ts';
import { EXPIRES_AT_MS, newHash, newId, type Rule, race, type Tools } from './tools.contract.ts';

/** Rules for links: found by their whole secret alone, taken back for good, counted exactly. */
export function shareRules(rule: Rule, tools: () => Tools): void {
  rule('T46', 'a link is found by its secret and listed with the others of its upload', async () => {
    const { shares } = tools();
    const upload = newId();
    const made = [newShare(upload), newShare(upload, { limitBytes: 7, role: 'watcher' })];
    for (const share of [...made, newShare(newId())]) expect(await shares.add(share)).toBe('added');
    for (const { secretHash, ...link } of made) {
      const whole = { ...link, usedBytes: 0, revokedAtMs: undefined };
      expect(await shares.find(secretHash)).toEqual(whole);
      expect(await shares.get(upload, link.share)).toEqual(whole);
    }
    const listed = (await shares.list(upload)).map(({ share }) => share);
    expect(listed.toSorted()).toEqual(made.map(({ share }) => share).toSorted());
  });

  rule('T47', 'half of a secret’s hash finds nothing, whichever half it is', async () => {
    const { shares } = tools();
    const share = newShare(newId());
    await shares.add(share);
    const [first, second] = shareSecretParts(share.secretHash);
    const [otherFirst, otherSecond] = shareSecretParts(newHash());
    for (const hash of [first + otherSecond, otherFirst + second, first, second, '']) {
      expect(await shares.find(hash)).toBeUndefined();
    }
  });

  rule('T48', 'adding a link again is fine, and its secret serves no other', async () => {
    const { shares } = tools();
    const share = newShare(newId());
    expect(new Set(await race(6, () => shares.add(share)))).toEqual(new Set(['added']));
    expect(await shares.add({ ...share, role: 'owner' })).toBe('taken');
    expect(await shares.add({ ...share, upload: newId() })).toBe('taken');
    expect(await shares.find(share.secretHash)).toMatchObject({ upload: share.upload, role: 'helper' });
  });

  rule(
    'T49',
    'a link is taken back once and for all; the maker’s own never, nor one that is not',
    async () => {
      const { shares } = tools();
      const upload = newId();
      const [given, makers] = [newShare(upload), newShare(upload, { role: 'owner', isMakers: true })];
      for (const share of [given, makers]) await shares.add(share);
      expect(await shares.revoke(upload, given.share, 5)).toBe(true);
      expect(await shares.revoke(upload, given.share, 9)).toBe(true);
      expect(await shares.find(given.secretHash)).toMatchObject({ revokedAtMs: 5 });
      expect(await shares.add(given)).toBe('added');
      expect(await shares.find(given.secretHash)).toMatchObject({ revokedAtMs: 5 });
      expect(await shares.revoke(upload, makers.share, 5)).toBe(false);
      expect((await shares.find(makers.secretHash))?.revokedAtMs).toBeUndefined();
      expect(await shares.revoke(upload, 'no-such-one', 5)).toBe(false);
      expect(await shares.get(upload, 'no-such-one')).toBeUndefined();
    },
  );

  rule('T50', 'of many who use a limit at once, as many are let through as it is enough for', async () => {
    const { shares } = tools();
    const { upload, share, ...rest } = newShare(newId(), { limitBytes: 100 });
    await shares.add({ upload, share, ...rest });
    const outcomes = await race(12, () => shares.use(upload, share, 15, 100));
    expect(outcomes.filter(Boolean)).toHaveLength(6);
    expect(await shares.get(upload, share)).toMatchObject({ usedBytes: 90 });
    expect(await shares.use(upload, share, -15, 100)).toBe(true);
    expect(await shares.use(upload, share, 25, 100)).toBe(true);
    expect(await shares.use(upload, share, 1, 100)).toBe(false);
  });
}

function newShare(upload: string, changes: Partial<NewShare> = {}): NewShare {
  return {
    upload,
    share: newId().slice(0, 11),
    secretHash: newHash(),
    role: 'helper',
    name: 'kitchen tablet',
    isMakers: false,
    createdAtMs: 0,
    expiresAtMs: EXPIRES_AT_MS,
    limitBytes: undefined,
    ...changes,
  };
}
