/** Runs one piece of work at a time, in the order of asking. */
export interface Lock {
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function makeLock(): Lock {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    run(work) {
      const result = tail.then(work);
      tail = result.catch(() => undefined);
      return result;
    },
  };
}

/** One {@link Lock} per name, forgotten when nobody holds or awaits it. */
export function makeKeyedLock(): { run<T>(name: string, work: () => Promise<T>): Promise<T> } {
  const entries = new Map<string, { lock: Lock; users: number }>();
  return {
    async run(name, work) {
      const entry = entries.get(name) ?? { lock: makeLock(), users: 0 };
      entries.set(name, entry);
      entry.users += 1;
      try {
        return await entry.lock.run(work);
      } finally {
        entry.users -= 1;
        if (entry.users === 0) entries.delete(name);
      }
    },
  };
}
