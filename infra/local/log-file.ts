import { appendFileSync, closeSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import type { Log } from '../../functions/ports.ts';

const MAX_LOG_BYTES = 10 * 1_048_576;

/** One JSON line a happening, in a file that is set aside once it is full: at most two of them. */
export function makeLogFile(path: string, nowMs: () => number, maxBytes = MAX_LOG_BYTES): Log {
  let { sizeBytes, isTorn } = stateOf(path);
  return (entry) => {
    const line = `${JSON.stringify({ atMs: nowMs(), ...entry })}\n`;
    try {
      if (sizeBytes > maxBytes) {
        renameSync(path, `${path}.1`);
        sizeBytes = 0;
        isTorn = false;
      }
      appendFileSync(path, isTorn ? `\n${line}` : line);
      sizeBytes += line.length;
      isTorn = false;
    } catch {
      // A full disk must not end the server for want of a log line. It may have taken the first half of it.
      isTorn = true;
    }
  };
}

/** `isTorn`: the last line was cut short, by a kill or a full disk. */
function stateOf(path: string): { sizeBytes: number; isTorn: boolean } {
  try {
    const sizeBytes = statSync(path).size;
    return { sizeBytes, isTorn: sizeBytes > 0 && lastByte(path, sizeBytes) !== '\n' };
  } catch {
    return { sizeBytes: 0, isTorn: false };
  }
}

function lastByte(path: string, sizeBytes: number): string {
  const file = openSync(path, 'r');
  try {
    const byte = Buffer.alloc(1);
    readSync(file, byte, 0, 1, sizeBytes - 1);
    return byte.toString('latin1');
  } finally {
    closeSync(file);
  }
}
