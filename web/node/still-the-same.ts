import { partRange } from '../../protocol/board/geometry.ts';
import type { Connection } from '../engine/connection.ts';
import type { FilePort } from '../engine/ports.ts';
import { verify } from '../engine/proving.ts';
import type { Upload } from '../engine/upload.ts';
import { type Ending, EXIT } from './exit-codes.ts';

/**
 * An upload that is complete, and a file that was written to since it began: read again, as a whole, before anybody
 * hears that there is nothing left to do for it. Undefined: every byte is as it was uploaded.
 */
export async function unlessTheSame(
  upload: Pick<Upload, 'board'>,
  connection: Pick<Connection, 'request'>,
  file: FilePort,
): Promise<Ending | undefined> {
  const board = upload.board();
  if (!board) return undefined;
  const { replica, info } = board;
  const { geometry } = replica;
  const parts = Array.from({ length: geometry.parts }, (_, i) => i + 1);
  const hashOf = (part: number) => file.hash(partRange(geometry, part)).result;
  const proof = await verify(connection, info.upload, parts, hashOf);
  if (proof.state === 'proven') return undefined;
  if (proof.state === 'refused' && proof.error.kind === 'hash-contradicts') {
    const { part } = proof.error;
    const where = part === undefined ? '' : ` (part ${part})`;
    return {
      code: EXIT.file,
      text: `${info.file.name} is complete as it was when this upload began; the file has changed since${where}. --new uploads it as it is now.`,
    };
  }
  const reason = proof.state === 'unreadable' ? ` ${proof.reason}` : '';
  return {
    code: proof.state === 'unreadable' ? EXIT.file : EXIT.fault,
    text: `${info.file.name} is complete, but the file was written to since, and whether it still is the same could not be checked.${reason} Run this again, or begin another upload with --new.`,
  };
}

/**
 * The ending of a run whose file was written to while it ran. No byte that was written meanwhile has counted: what is
 * uploaded, or complete, is of the file as it was when it was opened. Pure.
 */
export function writtenToWhile(ending: Ending, kind: 'create' | 'join' | 'watch', name: string): Ending {
  const anew = kind === 'create' ? ' --new uploads it as it is now.' : '';
  // What a helper has shown to be the upload's own bytes is no less so for what its copy has become.
  if (ending.code === EXIT.complete && kind === 'create') {
    return {
      code: EXIT.file,
      text: `${name} is complete as it was when it was opened; the file was written to since. Run this again to have the two compared.${anew}`,
    };
  }
  if (ending.code !== EXIT.file) return ending;
  return {
    code: EXIT.file,
    text: `The file was written to while it was uploaded. What is uploaded is kept. Run this again once nothing writes to it: it goes on if what is uploaded still is the file's.${anew}`,
  };
}
