/** Something that happens later, unless it is put off or given up. */
export interface Timer {
  /** Counts anew from now. */
  refresh(): void;
  cancel(): void;
}

/** Calls once, `ms` milliseconds from now. An argument, so that a test need not wait for what takes hours. */
export type After = (ms: number, call: () => void) => Timer;

/** By the machine's own clock. */
export const after: After = (ms, call) => {
  const timeout = setTimeout(call, ms);
  return {
    refresh: () => {
      timeout.refresh();
    },
    cancel: () => clearTimeout(timeout),
  };
};
