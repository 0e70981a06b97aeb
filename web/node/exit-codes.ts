/** How the command ends, for scripts. The usage text and the README list the same. */
export const EXIT = {
  complete: 0,
  fault: 1,
  usage: 2,
  notAdmitted: 3,
  file: 4,
  allowance: 5,
  aborted: 6,
  gaveUp: 7,
  running: 8,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Stopped by a signal. */
export type Interruption = typeof EXIT.hungUp | typeof EXIT.interrupted | typeof EXIT.terminated;

/** Why it ends: for scripts the code, for a person the words. */
export interface Ending {
  code: ExitCode;
  text: string;
}

export function isInterruption(code: ExitCode): code is Interruption {
  return code === EXIT.hungUp || code === EXIT.interrupted || code === EXIT.terminated;
}
