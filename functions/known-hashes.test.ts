import { expect, test } from 'vitest';
import { bitsByStripe, NO_BITS } from '../protocol/board/bits.ts';
import { makeMemoryTable } from '../test/support/memory-table.ts';
import { hashesFor, rememberPublished } from './known-hashes.ts';
import { makeMeter } from './metering/meter.ts';
import { newId, sha256Of } from './table/contract/tools.contract.ts';
import { makeManifests } from './table/manifests.ts';

function scene() {
  const meter = makeMeter();
  const manifests = makeManifests(makeMemoryTable(meter));
  const hashes = (...parts: number[]) => parts.map((part) => ({ part, sha256: sha256Of(`part ${part}`) }));
  const bits = (...parts: number[]) => bitsByStripe(parts).get(0) ?? NO_BITS;
  const reads = () => meter.usage().readUnits;
  return { manifests, hashes, bits, reads, upload: newId() };
}

test('hashes that an instance has read are not read again; those published since then are', async () => {
  const { manifests, hashes, bits, reads, upload } = scene();
  await manifests.publish(upload, 0, hashes(1, 2));
  await hashesFor({ manifests }, upload, 0, bits(1));
  expect(reads()).toBe(1);
  expect((await hashesFor({ manifests }, upload, 0, bits(1, 2))).get(2)).toBe(sha256Of('part 2'));
  expect(reads()).toBe(1);
  await manifests.publish(upload, 0, hashes(3));
  expect((await hashesFor({ manifests }, upload, 0, bits(3))).get(3)).toBe(sha256Of('part 3'));
  expect(reads()).toBe(2);
});

test('what an instance has published itself it need not read, with what it knew before', async () => {
  const { manifests, hashes, bits, reads, upload } = scene();
  for (const part of [1, 2]) {
    await manifests.publish(upload, 0, hashes(part));
    rememberPublished({ manifests }, upload, 0, hashes(part));
  }
  expect([...(await hashesFor({ manifests }, upload, 0, bits(1, 2))).keys()]).toEqual([1, 2]);
  expect(reads()).toBe(0);
});

test('stripes and uploads are not mistaken for one another, and another table has a memory of its own', async () => {
  const { manifests, hashes, bits, upload } = scene();
  await manifests.publish(upload, 0, hashes(1));
  await hashesFor({ manifests }, upload, 0, bits(1));
  expect((await hashesFor({ manifests }, upload, 1, bits(1))).size).toBe(0);
  expect((await hashesFor({ manifests }, newId(), 0, bits(1))).size).toBe(0);
  const other = scene();
  expect((await hashesFor(other, upload, 0, bits(1))).size).toBe(0);
});
