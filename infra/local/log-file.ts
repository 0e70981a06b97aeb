import { appendFileSync, renameSync, statSync } from 'node:fs';
import type { Log } from '../../functions/ports.ts';

const MAX_LOG_BYTES = 10 * 1_048_576;

/** One JSON line a happening, in a file that is set aside once it is full: at most two of them. */
export function makeLogFile(path: string, nowMs: () => number): Log {
  let sizeBytes = sizeOf(path);
  return (entry) => {
    const line = `${JSON.stringify({ atMs: nowMs(), ...entry })}\n`;
    try {
      if (sizeBytes > MAX_LOG_BYTES) {
        renameSync(path, `${path}.1`);
        sizeBytes = 0;
      }
      appendFileSync(path, line);
      sizeBytes += line.length;
    } catch {
      // A full disk must not end the server for want of a log line.
    }
  };
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
