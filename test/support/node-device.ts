import type { FilePort } from '../../web/engine/ports.ts';
import type { UploadOptions } from '../../web/engine/upload.ts';
import { nodeClock } from '../../web/node/clock.ts';
import { deviceOptions } from '../../web/node/device.ts';
import { makeFilePort } from '../../web/node/file.ts';
import { newSecret } from './client.ts';

/** The device without a browser, inside a test: the same ports, with bytes in memory in place of a file. */
export function engineOptions(origin: string, name: string, key = newSecret()): UploadOptions {
  return deviceOptions(new URL(origin), { key, name });
}

/** Bytes in memory as the engine's file. `puts` counts how often each part was stored. */
export function memoryFile(
  bytes: Buffer,
  bytesPerS?: number,
  name = 'a file.bin',
): FilePort & { puts: Map<number, number> } {
  const puts = new Map<number, number>();
  const source = {
    name,
    sizeBytes: bytes.length,
    async *read({ startByte, endByte }: { startByte: number; endByte: number }) {
      yield bytes.subarray(startByte, endByte);
    },
    close() {},
  };
  const file = makeFilePort(source, nodeClock, bytesPerS);
  return {
    ...file,
    puts,
    put(range, request, onSent) {
      const task = file.put(range, request, onSent);
      const part = Number(new URL(request.url).searchParams.get('partNumber'));
      const result = task.result.then((outcome) => {
        if (outcome.state === 'stored') puts.set(part, (puts.get(part) ?? 0) + 1);
        return outcome;
      });
      return { ...task, result };
    },
  };
}
