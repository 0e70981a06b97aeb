import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir, rm, stat, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { geometryOf } from '../../protocol/board/geometry.ts';
import type { Sha256 } from '../../protocol/board/manifest.ts';
import type { HashStore } from '../engine/hash-memory.ts';

const HASH_BYTES = 32;
const ENDING = '.hashes';
/** Files whose hashes are remembered; those of 48 GiB are 320 KB. */
const MAX_FILES = 20;

/** What tells that a file is the one of before, without reading it. */
export interface FileIdentity {
  path: string;
  sizeBytes: number;
  modifiedAtMs: number;
}

export interface KeptHashes extends HashStore {
  /** Once all that was added is written. */
  close(): Promise<void>;
}

/**
 * Remembers the hashes of a file's parts from one run to the next: each 32 bytes at its part's place in a file of its
 * own, zeros where unknown. What cannot be read or written is computed again; it never fails.
 */
export function makeHashStore(folder: string, file: FileIdentity): KeptHashes {
  const id = createHash('sha256').update(JSON.stringify(file)).digest('hex').slice(0, 16);
  const path = join(folder, `${id}${ENDING}`);
  const { parts } = geometryOf(file.sizeBytes);
  let handle: Promise<FileHandle | undefined> | undefined;
  /** One write after the other, none in the middle of forgetting. */
  let last: Promise<unknown> = Promise.resolve();
  const then = (act: () => Promise<unknown>) => {
    last = last.then(act).catch(() => {});
  };
  // Read and written at any place, and made if it is missing.
  const opened = () => {
    handle ??= open(path, 'r+', 0o600)
      .catch(() => open(path, 'wx+', 0o600))
      .catch(() => undefined);
    return handle;
  };

  return {
    async load() {
      await dropOldest(folder);
      const buffer = Buffer.alloc(parts * HASH_BYTES);
      try {
        await (await opened())?.read(buffer, 0, buffer.length, 0);
        // As new as any, by being of use.
        await utimes(path, new Date(), new Date());
      } catch {
        return new Map();
      }
      return known(buffer);
    },
    add(part, sha256) {
      const bytes = Buffer.from(sha256, 'base64');
      then(async () => (await opened())?.write(bytes, 0, HASH_BYTES, (part - 1) * HASH_BYTES));
    },
    forget() {
      then(() => truncate(path));
    },
    async close() {
      then(async () => (await handle)?.close());
      await last;
    },
  };
}

function known(buffer: Buffer): Map<number, Sha256> {
  const hashes = new Map<number, Sha256>();
  for (let part = 1; part * HASH_BYTES <= buffer.length; part++) {
    const bytes = buffer.subarray((part - 1) * HASH_BYTES, part * HASH_BYTES);
    if (bytes.some((byte) => byte !== 0)) hashes.set(part, bytes.toString('base64'));
  }
  return hashes;
}

async function dropOldest(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const kept = await Promise.all(
    names
      .filter((name) => name.endsWith(ENDING))
      .map(async (name) => {
        const path = join(folder, name);
        return { path, usedMs: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0 };
      }),
  );
  const tooMany = kept.sort((a, b) => b.usedMs - a.usedMs).slice(MAX_FILES);
  for (const { path } of tooMany) await rm(path, { force: true }).catch(() => {});
}
