import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { partFileName, type StoredPart } from './part-file.ts';

const READ_BYTES = 524_288;

/**
 * The bytes from `first` to `last` (inclusive) of the parts laid end to end.
 * Throws when a part file is shorter than its name says, so that nobody takes the rest for the whole.
 */
export async function* readParts(
  folder: string,
  parts: readonly StoredPart[],
  first: number,
  last: number,
): AsyncGenerator<Buffer> {
  let partStart = 0;
  for (const part of parts) {
    const start = Math.max(first - partStart, 0);
    const end = Math.min(last - partStart, part.sizeBytes - 1);
    partStart += part.sizeBytes;
    if (start > end) continue;
    const name = partFileName(part);
    let missingBytes = end - start + 1;
    const chunks: AsyncIterable<Buffer> = createReadStream(join(folder, name), {
      start,
      end,
      highWaterMark: READ_BYTES,
    });
    for await (const chunk of chunks) {
      missingBytes -= chunk.byteLength;
      yield chunk;
    }
    if (missingBytes > 0) throw new Error(`part file ${name} is ${missingBytes} bytes short`);
  }
}
