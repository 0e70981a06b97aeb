/** Keeps the screen on: a phone whose screen goes off puts its pages to sleep. */
export interface WakeLock {
  /** Whether it is kept on just now. */
  isHeld(): boolean;
  onChange(listener: () => void): () => void;
  want(isWanted: boolean): void;
  stop(): void;
}

/** What a browser gives for it; a page of plain http has none. */
type Sentinel = Pick<WakeLockSentinel, 'release' | 'addEventListener'>;
export interface WakeLockOptions {
  request: (() => Promise<Sentinel>) | undefined;
  /** A page that nobody sees has no screen to keep on; the system takes the lock from it. */
  page: Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>;
}

export function makeWakeLock({ request, page }: WakeLockOptions): WakeLock {
  const listeners = new Set<() => void>();
  let isWanted = false;
  let isAsking = false;
  let held: Sentinel | undefined;

  const show = (next: Sentinel | undefined) => {
    if (held === next) return;
    held = next;
    for (const listener of [...listeners]) listener();
  };

  const follow = async () => {
    if (!isWanted) {
      const given = held;
      show(undefined);
      await given?.release().catch(() => {});
      return;
    }
    if (!request || held || isAsking || page.visibilityState !== 'visible') return;
    isAsking = true;
    try {
      const given = await request();
      // The system takes it back when the page is hidden, or the battery is low.
      given.addEventListener('release', () => held === given && show(undefined));
      show(given);
    } catch {
      // Not now: the battery is low, or the page went away meanwhile. Seen again, it is asked again.
    }
    isAsking = false;
    if (!isWanted) await follow();
  };

  const onVisible = () => void follow();
  page.addEventListener('visibilitychange', onVisible);
  return {
    isHeld: () => held !== undefined,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    want(next) {
      if (next === isWanted) return;
      isWanted = next;
      void follow();
    },
    stop() {
      page.removeEventListener('visibilitychange', onVisible);
      isWanted = false;
      void follow();
    },
  };
}
