import { type Geometry, partRange } from '../../protocol/board/geometry.ts';
import type { Sha256 } from '../../protocol/board/manifest.ts';
import type { FilePort, HashOutcome, Task } from './ports.ts';

/** How many parts are read and hashed at once: one a core is what an ordinary device has to spare. */
const AT_ONCE = 2;

export interface Hashing {
  /** The hash of a part, if it was computed. */
  hashOf(part: number): Sha256 | undefined;
  underWay(): number;
  /** How many more can be started. */
  room(): number;
  /** Starts as many of these as there is room for, in their order. */
  start(parts: Iterable<number>): void;
  /** The hash of this part, computed now if it is not known. */
  get(part: number): Promise<HashOutcome>;
  stop(): void;
}

export interface HashingOptions {
  file: FilePort;
  geometry: Geometry;
  hashed(part: number, sha256: Sha256): void;
  unreadable(reason: string): void;
}

/**
 * Hashes parts of the file, each once. The bytes are not held for the put that follows: a browser copies a body from
 * memory into fresh pages on its way to the network, which costs more than reading the slice again (a GiB
 * read, hashed and sent took Chromium 7.9 core-seconds from memory and 7.1 from the file), and takes memory for every
 * part in hand (1 GiB above idle in place of 50 MiB).
 */
export function makeHashing({ file, geometry, hashed, unreadable }: HashingOptions): Hashing {
  const hashes = new Map<number, Sha256>();
  const running = new Map<number, Task<HashOutcome>>();

  const run = (part: number): Task<HashOutcome> => {
    const task = file.hash(partRange(geometry, part));
    running.set(part, task);
    void task.result.then((outcome) => {
      running.delete(part);
      if (outcome.state === 'unreadable') unreadable(outcome.reason);
      if (outcome.state !== 'hashed') return;
      hashes.set(part, outcome.sha256);
      hashed(part, outcome.sha256);
    });
    return task;
  };

  return {
    hashOf: (part) => hashes.get(part),
    underWay: () => running.size,
    room: () => Math.max(0, AT_ONCE - running.size),
    start(parts) {
      for (const part of parts) {
        if (running.size >= AT_ONCE) return;
        if (!hashes.has(part) && !running.has(part)) run(part);
      }
    },
    async get(part) {
      const sha256 = hashes.get(part);
      if (sha256) return { state: 'hashed', sha256 };
      return (running.get(part) ?? run(part)).result;
    },
    stop() {
      for (const task of running.values()) task.abort();
    },
  };
}
