import type { Command } from './command.ts';
import { type Ending, EXIT } from './exit-codes.ts';
import type { Beginning } from './report.ts';

/** A run whose state folder cannot be written. */
export interface Forgetful {
  command: Pick<Exclude<Command, { kind: 'usage' }>, 'kind' | 'options'>;
  folder: string;
  /** What writing ended with. */
  error: unknown;
  begun: Beginning;
}

/** Whether it goes on with a word about it, or ends: where to be forgotten would cost more than the run. Pure. */
export function withoutMemory({ command, folder, error, begun }: Forgetful): { note: string } | Ending {
  const why = whyNot(folder, error);
  const remedy = 'Mend that, or name another folder with --state.';
  if (command.options.allowanceBytes !== undefined) {
    const text = `Nothing was sent: ${why}, and the data allowance is counted there. ${remedy}`;
    return { code: EXIT.fault, text };
  }
  if (command.kind === 'create' && begun !== 'before') {
    const text = `Nothing was begun: ${why}, and an upload that is not remembered cannot be gone on with after an interruption. ${remedy}`;
    return { code: EXIT.fault, text };
  }
  const next = command.kind === 'create' ? 'Run again, it goes on' : 'Run again, this is another device';
  return { note: `This run is not remembered: ${why}. It goes on all the same. ${next}.` };
}

/** That it could be remembered until now. Pure. */
export function nowForgotten(folder: string, error: unknown): string {
  return `What this run does is not remembered any more: ${whyNot(folder, error)}. It goes on all the same; what is uploaded is kept.`;
}

function whyNot(folder: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `the disk with ${folder} is full`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `${folder} may not be written by this user`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${folder} is not a folder`;
    default:
      return `${folder} cannot be written (${error instanceof Error ? error.message : String(error)})`;
  }
}
