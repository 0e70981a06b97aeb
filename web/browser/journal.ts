import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { z } from 'zod';
import { Secret } from '../../protocol/messages/common.ts';
import type { Memory } from '../engine/memory.ts';
import { deviceKey } from './device-key.ts';
import type { FileHandle } from './file-handles.ts';

/** A link that was made here for others: the server has but the hash of its secret, and could not tell it again. */
export const KeptLink = z.object({
  /** Its public name. */
  share: z.string(),
  secret: Secret,
  /** Made in place of the first one to help, which was taken back. */
  isFirst: z.boolean().optional(),
});
export type KeptLink = z.infer<typeof KeptLink>;
export type LinksChange = (links: readonly KeptLink[]) => KeptLink[];

/** What this browser remembers of an upload that it made. Secrets leave it only in links and message bodies. */
export const JournalEntry = z.object({
  secrets: z.object({ own: Secret, help: Secret, watch: Secret }),
  name: z.string(),
  sizeBytes: z.number(),
  createdAtMs: z.number(),
  /** When the file was last changed before the upload began. */
  modifiedAtMs: z.number().optional(),
  /** Until they admit nobody any more. */
  links: z.array(KeptLink).optional(),
});
export type JournalEntry = z.infer<typeof JournalEntry>;

/** The file that this device carries, or carried, for an upload. */
export const KeptFile = z.object({
  name: z.string(),
  sizeBytes: z.number(),
  modifiedAtMs: z.number(),
  /** Missing where the browser gives none. */
  handle: z.custom<FileHandle>((value) => value instanceof Object).optional(),
});
export type KeptFile = z.infer<typeof KeptFile>;

/** The browser's memory across reloads and crashes. Where there is none, it remembers as long as the page lives. */
export interface Journal {
  /** Uploads made in this browser, newest first. */
  entries(): JournalEntry[];
  /** The upload that a link of this browser's own belongs to. */
  entryOf(secret: string): JournalEntry | undefined;
  /** Adds the entry, or replaces the one with the same secrets. */
  remember(entry: JournalEntry): void;
  forget(own: string): void;
  /**
   * Changes those that are kept, as they are at that moment: another tab may have made one that this one has not read yet.
   * Of an upload that was not made here nothing is kept.
   */
  changeLinks(own: string, change: LinksChange): void;
  /** Some other tab has changed the entries. */
  onChange(listener: () => void): void;
  /** By the secret by which this device joins. */
  keptFile(secret: string): Promise<KeptFile | undefined>;
  keepFile(secret: string, file: KeptFile): Promise<void>;
  /** With what else is remembered of this device's work for the upload. */
  dropFile(secret: string): Promise<void>;
  memoryOf(secret: string): Memory;
  /** The key by which the server knows this tab. */
  deviceKey: string;
  /** Undefined where nothing is stored: private windows, blocked storage. */
  database: JournalDatabase | undefined;
}

export interface JournalSchema extends DBSchema {
  uploads: { key: string; value: JournalEntry };
  files: { key: string; value: KeptFile };
  landed: { key: string; value: readonly number[] };
  /** Hashes of a file's parts, a stripe at a time: 64 times 32 bytes, zeros where unknown. */
  hashes: { key: [file: string, stripe: number]; value: Uint8Array };
  /** When the hashes of a file were last of use. */
  hashed: { key: string; value: number };
  devices: { key: 'keys'; value: string[] };
}
export type JournalDatabase = IDBPDatabase<JournalSchema>;

const DATABASE = 'tributary';
const VERSION = 2;
const STORES = ['uploads', 'files', 'landed', 'hashes', 'hashed', 'devices'] as const;
const MAX_ENTRIES = 100;
/** The page does not wait longer for a database that does not open: it works without. */
const OPEN_WITHIN_MS = 2_000;

/** Opens the memory, with all entries read, so that what a link stands for is known at once. Never fails. */
export async function openJournal(): Promise<Journal> {
  const database = await open();
  let entries = database ? await readEntries(database) : [];
  const others = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(DATABASE);
  const listeners = new Set<() => void>();
  others?.addEventListener('message', () => {
    if (!database) return;
    void readEntries(database).then((read) => {
      entries = read;
      for (const listener of listeners) listener();
    });
  });

  /** What cannot be stored is not remembered after a reload; the upload works all the same. */
  const write = async (change: (to: JournalDatabase) => Promise<unknown>) => {
    if (!database) return;
    await change(database).catch(() => {});
    others?.postMessage('changed');
  };

  const dropFile = async (secret: string) => {
    await Promise.all([database?.delete('files', secret), database?.delete('landed', secret)]).catch(
      () => {},
    );
  };

  const key = await deviceKey(database);

  return {
    database,
    deviceKey: key,
    entries: () => entries,
    entryOf: (secret) => entries.find(({ secrets }) => Object.values(secrets).includes(secret)),
    remember(entry) {
      const { own } = entry.secrets;
      const all = [entry, ...entries.filter(({ secrets }) => secrets.own !== own)];
      entries = all;
      void write(async (to) => {
        await putDurably(to, entry);
        const unfinished = new Set(await to.getAllKeys('files'));
        const gone = new Set(surplusOf(all, unfinished));
        entries = entries.filter((one) => !gone.has(one));
        for (const { secrets } of gone) await to.delete('uploads', secrets.own);
      });
    },
    forget(own) {
      entries = entries.filter(({ secrets }) => secrets.own !== own);
      void write((to) => Promise.all([to.delete('uploads', own), dropFile(own)]));
    },
    changeLinks(own, change) {
      const changed = (entry: JournalEntry) =>
        entry.secrets.own === own ? { ...entry, links: change(entry.links ?? []) } : entry;
      entries = entries.map(changed);
      void write(async (to) => {
        const transaction = to.transaction('uploads', 'readwrite', { durability: 'strict' });
        const stored = await transaction.store.get(own);
        await Promise.all([stored && transaction.store.put(changed(stored), own), transaction.done]);
      });
    },
    onChange: (listener) => void listeners.add(listener),
    async keptFile(secret) {
      const kept = KeptFile.safeParse(await database?.get('files', secret).catch(() => undefined));
      return kept.success ? kept.data : undefined;
    },
    async keepFile(secret, file) {
      await database?.put('files', file, secret).catch(() => {});
    },
    dropFile,
    memoryOf: (secret) => ({
      begunModifiedAtMs: () => entries.find(({ secrets }) => secrets.own === secret)?.modifiedAtMs,
      async landed() {
        const stored = await database?.get('landed', secret).catch(() => undefined);
        const parts = z.array(z.number()).safeParse(stored);
        return parts.success ? parts.data : [];
      },
      noteLanded(parts) {
        void database?.put('landed', parts, secret).catch(() => {});
      },
    }),
  };
}

/**
 * Those that make room, of entries from the newest on. Never one that this device still has a file for (`unfinished`, by
 * their own secrets): with its secrets gone nobody could go on with it. Pure.
 */
export function surplusOf(all: readonly JournalEntry[], unfinished: ReadonlySet<string>): JournalEntry[] {
  return all.slice(MAX_ENTRIES).filter(({ secrets }) => !unfinished.has(secrets.own));
}

/** On disk before it counts: a browser that is killed in the next second has remembered whose upload this is. */
async function putDurably(to: JournalDatabase, entry: JournalEntry): Promise<void> {
  const transaction = to.transaction('uploads', 'readwrite', { durability: 'strict' });
  await Promise.all([transaction.store.put(entry, entry.secrets.own), transaction.done]);
}

async function readEntries(database: JournalDatabase): Promise<JournalEntry[]> {
  const stored = await database.getAll('uploads').catch(() => []);
  const read = stored.flatMap((value) => {
    const entry = JournalEntry.safeParse(value);
    return entry.success ? [entry.data] : [];
  });
  return read.sort((a, b) => b.createdAtMs - a.createdAtMs);
}

async function open(): Promise<JournalDatabase | undefined> {
  if (typeof indexedDB === 'undefined') return undefined;
  const opening = openDB<JournalSchema>(DATABASE, VERSION, {
    upgrade(database) {
      for (const name of STORES) {
        if (!database.objectStoreNames.contains(name)) database.createObjectStore(name);
      }
    },
    // A newer page in another tab does not wait for this one.
    blocking: (_current, _next, event) => (event.target as IDBDatabase).close(),
  });
  const tooLate = new Promise<undefined>((resolve) => setTimeout(resolve, OPEN_WITHIN_MS, undefined));
  return Promise.race([opening.catch(() => undefined), tooLate]);
}
