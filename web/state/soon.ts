/** Calls `act` when asked to, and no more often than every so many milliseconds. */
export function makeSoon(act: () => void, everyMs: number): { call: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    call() {
      timer ??= setTimeout(
        () => {
          timer = undefined;
          lastMs = performance.now();
          act();
        },
        Math.max(0, lastMs + everyMs - performance.now()),
      );
    },
    stop: () => clearTimeout(timer),
  };
}
