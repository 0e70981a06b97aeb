import type { PartRange } from '../../protocol/board/geometry.ts';

/** Reads parts of one file into memory. */
export interface PartReader {
  /** A part's bytes, for as long as `use` takes. Parts are read one after the other, as asked. Throws what reading throws. */
  withBytes<Value>(range: PartRange, use: (bytes: Bytes) => Promise<Value>): Promise<Value>;
  /** Nothing more is read. */
  close(): void;
}

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Buffers that parts were read into before. A fresh one for each part would be left to the collector, and memory would
 * grow with the file until it comes round.
 */
const spares: ArrayBuffer[] = [];

/** Some systems neither move a file that is held open nor give back its drive: so not for long, once nothing more is read. */
const LET_GO_AFTER_MS = 2_000;

/**
 * Parts that follow one another are read from one stream: for each slice a browser opens the file, and a pipe of fresh
 * memory to read it through (a GiB read so took Chromium 1.7 core-seconds, from one stream 1.0).
 */
export function makePartReader(file: Blob): PartReader {
  let turn: Promise<unknown> = Promise.resolve();
  /** Where the part that was read last has ended, */
  let nextByte: number | undefined;
  /** … and a stream of what follows, once something that follows was asked for. */
  let following: ReadableStreamBYOBReader | undefined;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  const letGo = () => {
    clearTimeout(idle);
    void following?.cancel().catch(() => {});
    following = undefined;
  };

  const readSlice = async (range: PartRange): Promise<Bytes> => {
    const slice = sliceOf(file, range);
    const reader = byteReader(slice);
    return reader ? fill(reader, slice.size) : new Uint8Array(await slice.arrayBuffer());
  };

  const readOn = async ({ startByte, endByte }: PartRange): Promise<Bytes | undefined> => {
    following ??= byteReader(file.slice(startByte));
    if (!following) return undefined;
    try {
      return await fill(following, endByte - startByte);
    } catch {
      // A stream that was open for long may be at fault, and not the file: it is asked anew.
      letGo();
      return undefined;
    }
  };

  const read = async (range: PartRange): Promise<{ bytes: Bytes; isFromStream: boolean }> => {
    clearTimeout(idle);
    const isNext = range.startByte === nextByte && !isClosed;
    nextByte = undefined;
    if (!isNext) letGo();
    const bytes = isNext ? await readOn(range) : undefined;
    const whole = bytes ?? (await readSlice(range));
    nextByte = range.endByte;
    if (nextByte >= file.size || isClosed) letGo();
    else if (following) idle = setTimeout(letGo, LET_GO_AFTER_MS);
    return { bytes: whole, isFromStream: bytes !== undefined };
  };

  return {
    async withBytes(range, use) {
      const reading = turn.then(() => read(range));
      turn = reading.catch(() => {});
      const { bytes, isFromStream } = await reading;
      // A file that was written to is noticed when it is opened, which a stream was long ago.
      const check = isFromStream ? assertUnchanged(sliceOf(file, range)) : undefined;
      check?.catch(() => {});
      try {
        const value = await use(bytes);
        await check;
        return value;
      } finally {
        spares.push(bytes.buffer);
      }
    },
    close() {
      isClosed = true;
      letGo();
    },
  };
}

/** Throws if the file is not what it was, or cannot be read. */
async function assertUnchanged(slice: Blob): Promise<void> {
  await slice.slice(0, 1).arrayBuffer();
}

async function fill(reader: ReadableStreamBYOBReader, sizeBytes: number): Promise<Bytes> {
  let buffer = spareOf(sizeBytes);
  let length = 0;
  while (length < sizeBytes) {
    const { value, done } = await reader.read(new Uint8Array(buffer, length, sizeBytes - length));
    if (!value) break;
    // The buffer was handed over, and comes back as another one of the same memory.
    buffer = value.buffer;
    length += value.byteLength;
    if (done) break;
  }
  if (length < sizeBytes) throw new DOMException('The file is shorter than it was.', 'NotReadableError');
  return new Uint8Array(buffer, 0, length);
}

/** Undefined where a browser reads no file into a given buffer. */
function byteReader(slice: Blob): ReadableStreamBYOBReader | undefined {
  try {
    return slice.stream().getReader({ mode: 'byob' });
  } catch {
    return undefined;
  }
}

function sliceOf(file: Blob, { startByte, endByte }: PartRange): Blob {
  return file.slice(startByte, endByte);
}

function spareOf(sizeBytes: number): ArrayBuffer {
  const spare = spares.pop();
  return spare && spare.byteLength >= sizeBytes ? spare : new ArrayBuffer(sizeBytes);
}
