import { z } from 'zod';
import { Secret } from '../../protocol/messages/common.ts';
import type { JournalDatabase } from './journal.ts';
import { newSecret } from './secrets.ts';

const SESSION_KEY = 'tributary.device';
/** As many tabs as anybody has open at once; those that fall out are new devices when they come again. */
const MAX_KEYS = 20;
/** A page that is reloaded may be there before the lock of its predecessor is gone. */
const PREDECESSOR_MS = 1_000;

/**
 * The key by which the server knows this tab again, with the leases that it held: after a reload, and after a crash of
 * the whole browser. Two tabs are two devices, so each holds a lock on its key, and a key whose lock is free belongs to
 * a tab that is gone. Where there are no locks (plain http), a tab remembers its key as long as its session lasts.
 */
export async function deviceKey(database: JournalDatabase | undefined): Promise<string> {
  const own = sessionKey();
  if (own && (await hold(own, PREDECESSOR_MS))) return own;
  const known = await knownKeys(database);
  for (const key of known) {
    if (key !== own && (await hold(key))) return keep(key);
  }
  const fresh = newSecret();
  await hold(fresh);
  await database?.put('devices', [fresh, ...known].slice(0, MAX_KEYS), 'keys').catch(() => {});
  return keep(fresh);
}

/** Holds the lock of this key as long as the page lives; false if another tab has it. */
async function hold(key: string, patienceMs?: number): Promise<boolean> {
  if (!navigator.locks) return true;
  const options =
    patienceMs === undefined ? { ifAvailable: true } : { signal: AbortSignal.timeout(patienceMs) };
  return new Promise((resolve) => {
    navigator.locks
      .request(`${SESSION_KEY}.${key}`, options, (lock) => {
        resolve(lock !== null);
        // Until the page ends.
        return lock ? new Promise(() => {}) : undefined;
      })
      .catch(() => resolve(false));
  });
}

async function knownKeys(database: JournalDatabase | undefined): Promise<string[]> {
  if (!navigator.locks) return [];
  const stored = z.array(Secret).safeParse(await database?.get('devices', 'keys').catch(() => undefined));
  return stored.success ? stored.data : [];
}

function sessionKey(): string | undefined {
  try {
    return Secret.safeParse(sessionStorage.getItem(SESSION_KEY)).data;
  } catch {
    return undefined;
  }
}

function keep(key: string): string {
  try {
    sessionStorage.setItem(SESSION_KEY, key);
  } catch {
    // Storage that is forbidden: a reload makes a new device.
  }
  return key;
}
