import { openAsBlob } from 'node:fs';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makePartReader, type PartReader } from './part-bytes.ts';

const PART_BYTES = 1_000;
const PARTS = 5;
const CONTENT = Uint8Array.from({ length: PARTS * PART_BYTES - 300 }, (_, i) => (i * 7) % 251);

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-parts-'));
  path = join(folder, 'file.bin');
  await writeFile(path, CONTENT);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const rangeOf = (part: number) => ({
  startByte: part * PART_BYTES,
  endByte: Math.min(CONTENT.length, (part + 1) * PART_BYTES),
});
const partOf = (part: number) => {
  const { startByte, endByte } = rangeOf(part);
  return CONTENT.slice(startByte, endByte);
};
const read = (reader: PartReader, part: number) =>
  reader.withBytes(rangeOf(part), async (bytes) => Uint8Array.from(bytes));

/** The file, how far each slice of it reaches that was read as a stream, and how many of those were given up. */
async function watched(): Promise<{ file: Blob; streams: number[]; left: () => number }> {
  const file = await openAsBlob(path);
  const streams: number[] = [];
  let left = 0;
  const slice = file.slice.bind(file);
  file.slice = (start, end) => {
    const made = slice(start, end);
    const stream = made.stream.bind(made);
    made.stream = () => {
      streams.push((start ?? 0) + made.size);
      const opened = stream();
      const getReader = opened.getReader.bind(opened);
      opened.getReader = ((options: { mode: 'byob' }) => {
        const reader = getReader(options);
        const cancel = reader.cancel.bind(reader);
        reader.cancel = (why) => {
          left += 1;
          return cancel(why);
        };
        return reader;
      }) as typeof opened.getReader;
      return opened;
    };
    return made;
  };
  return { file, streams, left: () => left };
}

test('parts that follow one another come from one stream, each with its own bytes', async () => {
  const { file, streams } = await watched();
  const reader = makePartReader(file);
  const parts = await Promise.all([0, 1, 2, 3, 4].map((part) => read(reader, part)));
  expect(parts).toEqual([0, 1, 2, 3, 4].map(partOf));
  // The first by itself: nobody knew that others would follow.
  expect(streams).toEqual([PART_BYTES, CONTENT.length]);
});

test('parts here and there are read one by one, and no further', async () => {
  const { file, streams } = await watched();
  const reader = makePartReader(file);
  const parts = await Promise.all([3, 0, 2].map((part) => read(reader, part)));
  expect(parts).toEqual([3, 0, 2].map(partOf));
  expect(streams).toEqual([4 * PART_BYTES, PART_BYTES, 3 * PART_BYTES]);
});

test('a stream is left for another part, and begun again after it', async () => {
  const reader = makePartReader(await openAsBlob(path));
  const order = [0, 1, 4, 2, 3];
  const parts: Uint8Array[] = [];
  for (const part of order) parts.push(await read(reader, part));
  expect(parts).toEqual(order.map(partOf));
});

test('a file that is written to is noticed by the next part, though its stream was open before', async () => {
  const reader = makePartReader(await openAsBlob(path));
  await read(reader, 0);
  await read(reader, 1);
  await appendFile(path, 'more');
  await expect(read(reader, 2)).rejects.toMatchObject({ name: 'NotReadableError' });
});

test('a stream that breaks off is not taken for a file that cannot be read', async () => {
  const file = await openAsBlob(path);
  const slice = file.slice.bind(file);
  let broken = 0;
  file.slice = (start, end) => {
    const made = slice(start, end);
    if (end === undefined) {
      broken += 1;
      made.stream = () =>
        new ReadableStream({ type: 'bytes', pull: (to) => to.error(new Error('cut')) }) as ReturnType<
          Blob['stream']
        >;
    }
    return made;
  };
  const reader = makePartReader(file);
  const parts = await Promise.all([0, 1, 2].map((part) => read(reader, part)));
  expect(parts).toEqual([0, 1, 2].map(partOf));
  expect(broken).toBeGreaterThan(0);
});

test('a file that nothing more is read of for a while is not held open', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { file, left } = await watched();
    const reader = makePartReader(file);
    for (const part of [0, 1, 2]) expect(await read(reader, part)).toEqual(partOf(part));
    expect(left()).toBe(0);
    vi.advanceTimersByTime(2_000);
    expect(left()).toBe(1);
    expect(await read(reader, 3)).toEqual(partOf(3));
  } finally {
    vi.useRealTimers();
  }
});

test('a file that is closed is not opened as a stream again by what was asked before', async () => {
  const { file, streams, left } = await watched();
  const reader = makePartReader(file);
  await read(reader, 0);
  await read(reader, 1);
  const asked = [2, 3].map((part) => read(reader, part));
  reader.close();
  expect(await Promise.all(asked)).toEqual([2, 3].map(partOf));
  expect(streams).toEqual([PART_BYTES, CONTENT.length, 3 * PART_BYTES, 4 * PART_BYTES]);
  expect(left()).toBe(1);
});
