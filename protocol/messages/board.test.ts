import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALL_64, anyStripe, bitsAt } from '../../test/board-arbitraries.ts';
import { allBits } from '../board/bits.ts';
import { geometryOf, MIN_PART_BYTES } from '../board/geometry.ts';
import { makeReplica } from '../board/replica.ts';
import { type Stripe as BoardStripe, emptyStripe, MAX_CREDITS, MAX_LEASES } from '../board/stripe.ts';
import { decodeDown, encode, utf8Length } from '../codec.ts';
import { MAX_FRAME_BYTES } from '../limits.ts';
import { type Board, Stripe, stripeFromWire, stripeToWire } from './board.ts';

const NOW_MS = 1_790_000_000_000;
const UPLOAD = 'abcdefghijklmnopqrstuv';

test('whatever is on a stripe, it comes off the wire as it went on it', () => {
  fc.assert(
    fc.property(anyStripe, (stripe) => {
      const wire = stripeToWire(stripe);
      expect(Stripe.parse(JSON.parse(JSON.stringify(wire)))).toEqual(wire);
      expect(stripeFromWire(wire)).toEqual(stripe);
    }),
    { numRuns: 500 },
  );
});

test.for(['', '0x1', 'G', 'F', '-1', '1 ', '11111111111111111', '1\n'])(
  '%j is no set of tickets, so it never gets as far as being read as one',
  (bits) => {
    const wire = stripeToWire(emptyStripe(0));
    expect(Stripe.safeParse({ ...wire, done: bits }).success).toBe(false);
    expect(Stripe.safeParse({ ...wire, known: bits }).success).toBe(false);
    expect(Stripe.safeParse({ ...wire, leases: [[1, bits, 0]] }).success).toBe(false);
    expect(Stripe.safeParse({ ...wire, credits: [[1, bits]] }).success).toBe(false);
  },
);

/** As a large upload looks half-way: every stripe is known, two devices work in it and three have worked there. */
function busyStripe(s: number, known: bigint): BoardStripe {
  const device = (i: number) => 1 + ((s * 5 + i) % 200);
  return {
    s,
    rev: 40 + s,
    known,
    done: 0xaaaa_aaaa_aaaa_aaaan & known,
    credits: [0xaaaa_aaaa_0000_0000n, 0x0000_0000_aaaa_0000n, 0x0000_0000_0000_aaaan].map((parts, i) => ({
      device: device(i),
      parts: parts & known,
    })),
    leases: [0x5000_0000_0000_0000n, 0x0000_0000_0000_0005n].map((parts, i) => ({
      device: device(i + 3),
      parts: parts & known,
      untilMs: NOW_MS + s * 1_000 + i,
    })),
  };
}

/** The snapshot of 10,000 parts and 200 devices as one message. */
function largeBoard(): Board {
  const geometry = geometryOf(10_000 * MIN_PART_BYTES);
  return {
    type: 'board',
    re: 12,
    upload: UPLOAD,
    role: 'helper',
    device: 200,
    file: { name: 'a holiday on the islands.mp4', sizeBytes: geometry.sizeBytes, type: 'video/mp4' },
    partBytes: geometry.partBytes,
    createdAtMs: NOW_MS,
    expiresAtMs: NOW_MS + 604_800_000,
    state: { state: 'open' },
    proven: true,
    stripes: Array.from({ length: geometry.stripes }, (_, s) =>
      stripeToWire(busyStripe(s, allBits(geometry, s))),
    ),
    devices: Array.from({ length: 200 }, (_, i) => ({
      number: i + 1,
      name: `Telephone of guest ${i + 1}`,
      role: 'helper',
      online: true,
    })),
  };
}

const jsonBytes = (value: unknown) => utf8Length(JSON.stringify(value));

test('a snapshot of 10,000 parts and 200 devices takes one frame and a half: it has to be split', () => {
  const board = largeBoard();
  expect(() => encode(board)).toThrow('a board of');
  const sizeBytes = jsonBytes(board);
  // 48,435 bytes: 157 stripes of 210 bytes, 200 devices of 76.
  expect(sizeBytes).toBeGreaterThan(MAX_FRAME_BYTES);
  expect(sizeBytes).toBeLessThanOrEqual(1.5 * MAX_FRAME_BYTES);
  expect(jsonBytes(board.stripes) / board.stripes.length).toBeLessThan(212);
  expect(jsonBytes(board.devices) / board.devices.length).toBeLessThan(78);
});

test('in pieces, in whatever order, that snapshot fills a replica as it would have whole', () => {
  const geometry = geometryOf(10_000 * MIN_PART_BYTES);
  const { stripes } = largeBoard();
  const replica = makeReplica(geometry);
  for (let from = 0; from < stripes.length; from += 40) {
    const frame = encode({
      type: 'stripes',
      upload: UPLOAD,
      stripes: stripes.slice(from, from + 40).reverse(),
    });
    const decoded = decodeDown(frame);
    if (!decoded.ok || decoded.message.type !== 'stripes') throw new Error('expected stripes');
    for (const wire of decoded.message.stripes) replica.merge(stripeFromWire(wire));
  }
  expect(replica.knownParts()).toBe(10_000);
  expect(replica.doneParts()).toBe(5_000);
  for (const wire of stripes) expect(stripeToWire(replica.stripe(wire.s))).toEqual(wire);
});

test('sixteen of the largest stripes fit a frame', () => {
  const largest: BoardStripe = {
    s: 156,
    rev: 9_999_999,
    known: ALL_64,
    done: bitsAt(63),
    credits: Array.from({ length: MAX_CREDITS }, (_, i) => ({ device: 99_999 - i, parts: ALL_64 })),
    leases: Array.from({ length: MAX_LEASES }, (_, i) => ({
      device: 99_999 - i,
      parts: ALL_64,
      untilMs: NOW_MS + i,
    })),
  };
  const stripes = Array.from({ length: 16 }, () => stripeToWire(largest));
  const frame = encode({
    type: 'stripes',
    upload: UPLOAD,
    stripes,
    by: { device: 99_999, rateBps: 1e9 / 3 },
  });
  expect(decodeDown(frame)).toMatchObject({ ok: true, message: { stripes } });
});
