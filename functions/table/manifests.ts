import type { Sha256 } from '../../protocol/board/manifest.ts';
import type { Manifests } from '../ports.ts';
import { MANIFEST_PREFIX, manifestKey, uploadPartition } from './keys.ts';
import type { Item, Table } from './table.ts';

/** One item a stripe, an attribute of 32 bytes for each part: `h17`. Every attribute is written once. */
export function makeManifests(table: Table): Manifests {
  return {
    async load(upload, s) {
      return hashesOf([(await table.get(manifestKey(upload, s))) ?? {}]);
    },
    async loadAll(upload) {
      return hashesOf(await table.query(uploadPartition(upload), MANIFEST_PREFIX));
    },
    async publish(upload, s, hashes) {
      if (hashes.length === 0) return { state: 'published' };
      const names: Record<string, string> = {};
      const values: Record<string, unknown> = {};
      for (const { part, sha256 } of hashes) {
        names[`#h${part}`] = attributeOf(part);
        values[`:h${part}`] = Uint8Array.from(Buffer.from(sha256, 'base64'));
      }
      // A hash that is there already may only be said again; contradiction fails the write as a whole.
      const stored = await table.update(manifestKey(upload, s), {
        update: `SET ${hashes.map(({ part }) => `#h${part} = :h${part}`).join(', ')}`,
        condition: hashes
          .map(({ part }) => `(attribute_not_exists(#h${part}) OR #h${part} = :h${part})`)
          .join(' AND '),
        names,
        values,
      });
      if (stored) return { state: 'published' };
      const known = await this.load(upload, s);
      const contradicted = hashes.find(({ part, sha256 }) => (known.get(part) ?? sha256) !== sha256);
      if (!contradicted)
        throw new Error(`manifest ${upload} stripe ${s} refused hashes that it does not contradict`);
      return { state: 'contradicts', part: contradicted.part };
    },
  };
}

function attributeOf(part: number): string {
  return `h${part}`;
}

function hashesOf(items: readonly Item[]): ReadonlyMap<number, Sha256> {
  const hashes = new Map<number, Sha256>();
  for (const item of items) {
    for (const [attribute, value] of Object.entries(item)) {
      if (/^h\d+$/.test(attribute)) {
        hashes.set(Number(attribute.slice(1)), Buffer.from(value as Uint8Array).toString('base64'));
      }
    }
  }
  return hashes;
}
