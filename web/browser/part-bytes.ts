/**
 * Buffers that parts were read into before. A fresh one for each part would be left to the collector, and memory would
 * grow with the file until it comes round.
 */
const spares: ArrayBuffer[] = [];

/** Reads a slice into memory for as long as `use` takes. Throws what reading throws. */
export async function withBytes<Value>(
  slice: Blob,
  use: (bytes: Uint8Array<ArrayBuffer>) => Promise<Value>,
): Promise<Value> {
  const bytes = await read(slice);
  try {
    return await use(bytes);
  } finally {
    spares.push(bytes.buffer);
  }
}

async function read(slice: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const reader = byteReader(slice);
  if (!reader) return new Uint8Array(await slice.arrayBuffer());
  let buffer = spareOf(slice.size);
  let length = 0;
  while (length < slice.size) {
    const { value, done } = await reader.read(new Uint8Array(buffer, length, slice.size - length));
    if (!value) break;
    // The buffer was handed over, and comes back as another one of the same memory.
    buffer = value.buffer;
    length += value.byteLength;
    if (done) break;
  }
  if (length < slice.size) throw new DOMException('The file is shorter than it was.', 'NotReadableError');
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

function spareOf(sizeBytes: number): ArrayBuffer {
  const spare = spares.pop();
  return spare && spare.byteLength >= sizeBytes ? spare : new ArrayBuffer(sizeBytes);
}
