/** Who wants to hear of something. Hearing of it never throws into whoever says it. */
export interface Emitter<Event> {
  emit(event: Event): void;
  /** The answer stops listening. */
  on(listener: (event: Event) => void): () => void;
}

export function makeEmitter<Event>(): Emitter<Event> {
  const listeners = new Set<(event: Event) => void>();
  return {
    emit(event) {
      for (const listener of [...listeners]) {
        try {
          listener(event);
        } catch (error) {
          // Nor is it swallowed: it comes up where errors that nobody handles are looked for.
          void Promise.reject(error);
        }
      }
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
