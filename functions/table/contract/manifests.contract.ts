import { expect } from 'vitest';
import { STRIPE_PARTS } from '../../../protocol/board/geometry.ts';
import { type Rule, race, range, sha256Of, type Tools } from './tools.contract.ts';

/** Rules for the hashes of the parts: written once, never changed. */
export function manifestRules(rule: Rule, tools: () => Tools): void {
  rule(
    'T25',
    'a manifest of which nothing was published is empty, and publishing nothing leaves it so',
    async () => {
      const { manifests, open } = tools();
      const upload = await open();
      expect(await manifests.publish(upload, 0, [])).toEqual({ state: 'published' });
      expect(await manifests.load(upload, 0)).toEqual(new Map());
      expect(await manifests.loadAll(upload)).toEqual(new Map());
    },
  );

  rule(
    'T26',
    'a whole stripe is published at once and read back bit for bit, at the highest numbers too',
    async () => {
      const { manifests, open } = tools();
      const upload = await open();
      for (const s of [0, 155]) {
        const hashes = hashesOf(s, 'file');
        expect(await manifests.publish(upload, s, hashes)).toEqual({ state: 'published' });
        expect(await manifests.load(upload, s)).toEqual(mapOf(hashes));
      }
      expect(await manifests.load(upload, 1)).toEqual(new Map());
    },
  );

  rule('T27', 'a hash may be said again, alone or among new ones', async () => {
    const { manifests, open } = tools();
    const upload = await open();
    const hashes = hashesOf(0, 'file');
    for (const count of [3, 3, 10, 64]) {
      expect(await manifests.publish(upload, 0, hashes.slice(0, count))).toEqual({ state: 'published' });
      expect(await manifests.load(upload, 0)).toEqual(mapOf(hashes.slice(0, count)));
    }
  });

  rule(
    'T28',
    'another hash for a known part is refused, the part is named, and nothing said with it is kept',
    async () => {
      const { manifests, open } = tools();
      const upload = await open();
      const [first, second, third, ...rest] = hashesOf(0, 'file');
      if (!first || !second || !third) throw new Error('expected three hashes');
      await manifests.publish(upload, 0, [first, second, third]);
      const batch = [first, second, { ...third, sha256: sha256Of('another file') }, ...rest];
      expect(await manifests.publish(upload, 0, batch)).toEqual({ state: 'contradicts', part: 3 });
      expect(await manifests.load(upload, 0)).toEqual(mapOf([first, second, third]));
    },
  );

  rule('T29', 'batches of one stripe that are published at once are all kept', async () => {
    const { manifests, open } = tools();
    const upload = await open();
    const hashes = hashesOf(2, 'file');
    await race(8, (i) => manifests.publish(upload, 2, hashes.slice(8 * i, 8 * i + 8)));
    expect(await manifests.load(upload, 2)).toEqual(mapOf(hashes));
  });

  rule(
    'T30',
    'of two files published for the same parts at once one is the manifest, never a mixture',
    async () => {
      const { manifests, open } = tools();
      const upload = await open();
      const files = range(6).map((i) => hashesOf(0, `file ${i}`));
      const publications = await Promise.all(files.map((hashes) => manifests.publish(upload, 0, hashes)));
      const won = files.filter((_, i) => publications[i]?.state === 'published');
      expect(won).toHaveLength(1);
      expect(await manifests.load(upload, 0)).toEqual(mapOf(won[0] ?? []));
    },
  );

  rule('T31', 'the manifest of 10,000 parts is read whole', async () => {
    const { manifests, open } = tools();
    const upload = await open();
    const stripes = range(157).map((s) => hashesOf(s, 'file').filter(({ part }) => part <= 10_000));
    await Promise.all(stripes.map((hashes, s) => manifests.publish(upload, s, hashes)));
    expect(await manifests.loadAll(upload)).toEqual(mapOf(stripes.flat()));
  });
}

function hashesOf(s: number, file: string) {
  const parts = range(STRIPE_PARTS, s * STRIPE_PARTS + 1);
  return parts.map((part) => ({ part, sha256: sha256Of(`${file} ${part}`) }));
}

function mapOf(hashes: ReturnType<typeof hashesOf>): Map<number, string> {
  return new Map(hashes.map(({ part, sha256 }) => [part, sha256]));
}
