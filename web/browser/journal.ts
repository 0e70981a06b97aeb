import { z } from 'zod';
import { Secret } from '../../protocol/messages/common.ts';
import { newSecret } from './secrets.ts';

/** What this browser remembers of an upload that it made. Secrets leave it only in links and message bodies. */
export const JournalEntry = z.object({
  secrets: z.object({ own: Secret, help: Secret, watch: Secret }),
  name: z.string(),
  sizeBytes: z.number(),
  createdAtMs: z.number(),
});
export type JournalEntry = z.infer<typeof JournalEntry>;

const UPLOADS_KEY = 'tributary.uploads';
const DEVICE_KEY = 'tributary.device';
const MAX_ENTRIES = 100;

/** Uploads made in this browser, newest first. Unreadable storage (private mode, another version) is an empty one. */
export function journalEntries(): JournalEntry[] {
  try {
    return z.array(JournalEntry).parse(JSON.parse(localStorage.getItem(UPLOADS_KEY) ?? '[]'));
  } catch {
    return [];
  }
}

/** Adds the entry, or replaces the one with the same secrets. */
export function remember(entry: JournalEntry): void {
  const others = journalEntries().filter(({ secrets }) => secrets.own !== entry.secrets.own);
  write([entry, ...others].slice(0, MAX_ENTRIES));
}

export function forget(own: string): void {
  write(journalEntries().filter(({ secrets }) => secrets.own !== own));
}

/** The upload that a link of this browser's own belongs to. */
export function entryOf(secret: string): JournalEntry | undefined {
  return journalEntries().find(({ secrets }) => Object.values(secrets).includes(secret));
}

/** The key by which the server knows this tab again after a reload. Two tabs are two devices. */
export function deviceKey(): string {
  try {
    const known = Secret.safeParse(sessionStorage.getItem(DEVICE_KEY));
    if (known.success) return known.data;
    const fresh = newSecret();
    sessionStorage.setItem(DEVICE_KEY, fresh);
    return fresh;
  } catch {
    return newSecret();
  }
}

function write(entries: JournalEntry[]): void {
  try {
    localStorage.setItem(UPLOADS_KEY, JSON.stringify(entries));
  } catch {
    // Storage that is full or forbidden: the upload works, it is only not remembered after a reload.
  }
}
