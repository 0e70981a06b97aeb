import { type Geometry, isPartOf } from '../../protocol/board/geometry.ts';
import type { OpenBoard } from './board-session.ts';
import type { Connection } from './connection.ts';
import type { Hashing } from './hashing.ts';
import { publishedParts } from './load.ts';
import type { Memory } from './memory.ts';
import type { FilePort } from './ports.ts';
import { type Proof, prove, verify } from './proving.ts';

/** Shows the server that this device has the file, once for each time that the server wants to know. */
export interface Prover {
  isProven(): boolean;
  isBusy(): boolean;
  /** The server's word on it, when a board is opened or a request refused. */
  told(isProven: boolean): void;
  run(board: OpenBoard, mayPublish: boolean): Promise<Proof>;
}

export interface ProverOptions {
  connection: Connection;
  file: FilePort;
  geometry: Geometry;
  hashing: Pick<Hashing, 'get'>;
  memory: Memory;
  /** A part that was stored before a crash and not reported: it is reported first, and so not carried again. */
  recalled(part: number): void;
}

export function makeProver(options: ProverOptions): Prover {
  const { connection, file, geometry, hashing, memory } = options;
  let isProven = false;
  let isBusy = false;
  let isVerified = false;

  const isWrittenTo = () => {
    const begunMs = memory.begunModifiedAtMs();
    return begunMs !== undefined && file.modifiedAtMs !== begunMs;
  };

  return {
    isProven: () => isProven,
    isBusy: () => isBusy,
    told(next) {
      // Whoever repeats a `create` is believed by the server; a file that was written to meanwhile is not, here.
      isProven = next && (isVerified || !isWrittenTo());
    },
    async run(board, mayPublish) {
      isBusy = true;
      for (const part of await memory.landed()) if (isPartOf(geometry, part)) options.recalled(part);
      let proof = await prove(connection, board.info.upload, file.sizeBytes, hashing.get);
      if (proof.state === 'proven' && !isVerified && mayPublish && isWrittenTo()) {
        proof = await verify(connection, board.info.upload, publishedParts(board), hashing.get);
      }
      isProven ||= proof.state === 'proven';
      isVerified ||= proof.state === 'proven';
      isBusy = false;
      return proof;
    },
  };
}
