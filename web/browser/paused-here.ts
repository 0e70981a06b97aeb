import { z } from 'zod';

const KEY = 'tributary.paused';
const MAX_KEPT = 100;

/** Uploads that the person has paused on this device, by the secret of this device's own way in. */
function kept(): string[] {
  try {
    return z.array(z.string()).parse(JSON.parse(localStorage.getItem(KEY) ?? '[]'));
  } catch {
    return [];
  }
}

/** What was paused stays so after a reload: it does not go on behind the person's back. */
export function isPausedHere(secret: string): boolean {
  return kept().includes(secret);
}

export function keepPausedHere(secret: string, isPaused: boolean): void {
  const others = kept().filter((one) => one !== secret);
  try {
    localStorage.setItem(KEY, JSON.stringify(isPaused ? [secret, ...others].slice(0, MAX_KEPT) : others));
  } catch {
    // Storage that is full or forbidden: the pause lasts as long as the page.
  }
}
