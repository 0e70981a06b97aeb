import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Geometry, geometryOf, MIN_PART_BYTES, partLength } from './geometry.ts';
import { type ListedPart, missingParts } from './manifest.ts';

const hashOf = (part: number) => `sha256-of-part-${part}`;

function manifestOf({ parts }: Geometry): Map<number, string> {
  return new Map(Array.from({ length: parts }, (_, i) => [i + 1, hashOf(i + 1)]));
}

function listingOf(geometry: Geometry): ListedPart[] {
  return Array.from({ length: geometry.parts }, (_, i) => ({
    part: i + 1,
    sizeBytes: partLength(geometry, i + 1),
    sha256: hashOf(i + 1),
    etag: `"etag-${i + 1}"`,
  }));
}

const GEOMETRY = geometryOf(4 * MIN_PART_BYTES + 7);

function missingWith(change: (listed: ListedPart) => ListedPart | undefined, part: number): number[] {
  const listed = listingOf(GEOMETRY).flatMap((one) => (one.part === part ? (change(one) ?? []) : one));
  return missingParts(GEOMETRY, manifestOf(GEOMETRY), listed);
}

test('[F2] nothing is missing when S3 lists every part with its length and its hash', () => {
  expect(missingParts(GEOMETRY, manifestOf(GEOMETRY), listingOf(GEOMETRY))).toEqual([]);
});

test('[F2] a part that is not listed is missing', () => {
  expect(missingWith(() => undefined, 3)).toEqual([3]);
  expect(missingParts(GEOMETRY, manifestOf(GEOMETRY), [])).toEqual([1, 2, 3, 4, 5]);
});

test('[F2] a part of another length is missing, the shorter last one included', () => {
  expect(missingWith((listed) => ({ ...listed, sizeBytes: listed.sizeBytes - 1 }), 2)).toEqual([2]);
  expect(missingWith((listed) => ({ ...listed, sizeBytes: MIN_PART_BYTES }), 5)).toEqual([5]);
});

test('[F2] a part with another hash, or with none, is missing', () => {
  expect(missingWith((listed) => ({ ...listed, sha256: hashOf(4) }), 1)).toEqual([1]);
  expect(missingWith((listed) => ({ ...listed, sha256: undefined }), 1)).toEqual([1]);
});

test('[F2] a part whose hash was never published is missing, whatever S3 has', () => {
  const manifest = manifestOf(GEOMETRY);
  manifest.delete(4);
  expect(missingParts(GEOMETRY, manifest, listingOf(GEOMETRY))).toEqual([4]);
  const unhashed = listingOf(GEOMETRY).map((one) => (one.part === 4 ? { ...one, sha256: undefined } : one));
  expect(missingParts(GEOMETRY, manifest, unhashed)).toEqual([4]);
});

test('[F2] a part that the file does not have is no business of the manifest', () => {
  const beyond = { part: 6, sizeBytes: 1, sha256: hashOf(6), etag: '"x"' };
  expect(missingParts(GEOMETRY, manifestOf(GEOMETRY), [...listingOf(GEOMETRY), beyond])).toEqual([]);
});

test('[F2] whatever the faults and the order of the list, exactly the faulty parts are missing', () => {
  const faults = ['none', 'absent', 'length', 'hash'] as const;
  const anyFaults = fc.array(fc.constantFrom(...faults), { minLength: 1, maxLength: 150 });
  fc.assert(
    fc.property(
      anyFaults,
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (faulty, randoms) => {
        const geometry = geometryOf(faulty.length * MIN_PART_BYTES - 3);
        const listed = listingOf(geometry).flatMap((one): ListedPart[] => {
          const fault = faulty[one.part - 1];
          if (fault === 'absent') return [];
          if (fault === 'length') return [{ ...one, sizeBytes: one.sizeBytes + 1 }];
          return [fault === 'hash' ? { ...one, sha256: hashOf(one.part + 1) } : one];
        });
        const shuffled = listed
          .map((one) => ({ one, place: randoms.next().value ?? 0 }))
          .sort((a, b) => a.place - b.place)
          .map(({ one }) => one);
        const expected = faulty.flatMap((fault, i) => (fault === 'none' ? [] : i + 1));
        expect(missingParts(geometry, manifestOf(geometry), shuffled)).toEqual(expected);
      },
    ),
  );
});
