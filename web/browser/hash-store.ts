import { partsOf, stripeOf } from '../../protocol/board/bits.ts';
import type { Sha256 } from '../../protocol/board/manifest.ts';
import { type HashStore, withHashMemory } from '../engine/hash-memory.ts';
import type { FilePort } from '../engine/ports.ts';
import type { JournalDatabase } from './journal.ts';

const HASH_BYTES = 32;
const STRIPE_PARTS = 64;
/** Hashes come one by one, faster than they are worth a write. */
const WRITE_AFTER_MS = 500;
/** A file of 48 GiB has 320 KB of hashes. */
const MAX_FILES = 20;

/** The file, with the hashes that this browser computed of it before. */
export function withStoredHashes(
  port: FilePort,
  file: File,
  database: JournalDatabase | undefined,
): FilePort {
  return database ? withHashMemory(port, makeHashStore(database, file), Math.random) : port;
}

/** The hashes of a file, known again by its name, size and time of change. */
function makeHashStore(database: JournalDatabase, file: File): HashStore {
  const key = `${file.size} ${file.lastModified} ${file.name}`;
  const stripes = new Map<number, Uint8Array>();
  const unwritten = new Set<number>();
  const all = IDBKeyRange.bound([key, 0], [key, Number.POSITIVE_INFINITY]);

  const write = async () => {
    const transaction = database.transaction('hashes', 'readwrite');
    for (const s of unwritten) {
      const hashes = stripes.get(s);
      if (hashes) void transaction.store.put(hashes, [key, s]).catch(() => {});
    }
    unwritten.clear();
    await transaction.done;
  };

  return {
    async load() {
      try {
        await database.put('hashed', Date.now(), key);
        void dropOldest(database);
        const keys = await database.getAllKeys('hashes', all);
        const values = await database.getAll('hashes', all);
        for (const [i, [, s]] of keys.entries()) {
          const hashes = values[i];
          if (hashes?.length === STRIPE_PARTS * HASH_BYTES) stripes.set(s, hashes);
        }
      } catch {
        // Nothing is remembered; everything is computed.
      }
      return new Map([...stripes].flatMap(([s, hashes]) => known(s, hashes)));
    },
    add(part, sha256) {
      const s = stripeOf(part);
      const hashes = stripes.get(s) ?? new Uint8Array(STRIPE_PARTS * HASH_BYTES);
      hashes.set(fromBase64(sha256), indexOf(part) * HASH_BYTES);
      stripes.set(s, hashes);
      if (unwritten.size === 0) setTimeout(() => void write().catch(() => {}), WRITE_AFTER_MS);
      unwritten.add(s);
    },
    forget() {
      stripes.clear();
      void database.delete('hashes', all).catch(() => {});
    },
  };
}

async function dropOldest(database: JournalDatabase): Promise<void> {
  const keys = await database.getAllKeys('hashed');
  if (keys.length <= MAX_FILES) return;
  const times = await database.getAll('hashed');
  const oldest = keys
    .map((key, i) => ({ key, ms: times[i] ?? 0 }))
    .sort((a, b) => a.ms - b.ms)
    .slice(0, keys.length - MAX_FILES);
  for (const { key } of oldest) {
    await database.delete('hashes', IDBKeyRange.bound([key, 0], [key, Number.POSITIVE_INFINITY]));
    await database.delete('hashed', key);
  }
}

const ALL = (1n << 64n) - 1n;
const indexOf = (part: number) => (part - 1) % STRIPE_PARTS;

function known(s: number, hashes: Uint8Array): Array<[number, Sha256]> {
  return partsOf(s, ALL).flatMap((part): Array<[number, Sha256]> => {
    const bytes = hashes.subarray(indexOf(part) * HASH_BYTES, (indexOf(part) + 1) * HASH_BYTES);
    return bytes.some((byte) => byte !== 0) ? [[part, btoa(String.fromCharCode(...bytes))]] : [];
  });
}

function fromBase64(sha256: Sha256): Uint8Array {
  return Uint8Array.from(atob(sha256), (char) => char.charCodeAt(0));
}
