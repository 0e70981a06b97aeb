import { expect, test } from 'vitest';
import { makeFrameWatch } from './frame-watch.ts';

/** A masked frame, as every client sends them (RFC 6455, section 5.2). */
function frame(payloadBytes: number, opcode = 1): Buffer {
  const header = Buffer.alloc(payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10);
  header.writeUInt8(0x80 | opcode, 0);
  if (header.length === 2) header.writeUInt8(0x80 | payloadBytes, 1);
  if (header.length === 4) header.writeUInt16BE(payloadBytes, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(payloadBytes), 2);
  if (header.length > 2) header.writeUInt8(0x80 | (header.length === 4 ? 126 : 127), 1);
  return Buffer.concat([header, Buffer.alloc(4 + payloadBytes)]);
}

const SIZES_BYTES = [0, 1, 125, 126, 127, 1_000, 65_535, 65_536, 70_000, 100_000];

test.each([1, 2, 3, 7, 1_460, 65_536, 1_000_000])(
  'in chunks of %d bytes, frames up to the limit pass and the first one above is reported once',
  (chunkBytes) => {
    let reports = 0;
    const watch = makeFrameWatch(100_000, () => reports++);
    const feed = (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; at += chunkBytes) watch(bytes.subarray(at, at + chunkBytes));
    };
    feed(Buffer.concat(SIZES_BYTES.map((size) => frame(size))));
    expect(reports).toBe(0);
    feed(Buffer.concat([frame(10, 9), frame(100_001), frame(100_001)]));
    expect(reports).toBe(1);
  },
);

test('a frame over the limit is reported by its header, before its payload has come', () => {
  let reports = 0;
  const watch = makeFrameWatch(32_768, () => reports++);
  watch(frame(40_000).subarray(0, 8));
  expect(reports).toBe(1);
});
