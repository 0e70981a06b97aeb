import { geometryOf, type PartRange, partRange } from '../../protocol/board/geometry.ts';
import type { Sha256 } from '../../protocol/board/manifest.ts';
import type { FilePort, HashOutcome, Task } from './ports.ts';
import { isOtherBytes } from './retry.ts';

/** Hashes that were computed before of a file of this name, size and time of change. */
export interface HashStore {
  load(): Promise<Map<number, Sha256>>;
  add(part: number, sha256: Sha256): void;
  /** They were of other bytes. */
  forget(): void;
}

/** A program that writes a file and sets its time back is rare; three parts picked by chance find most of what it did. */
const SPOT_CHECKS = 3;

/**
 * The file, with no part hashed again whose hash is remembered. What is remembered counts once some of it, picked by
 * chance, was found to be so; were it wrong all the same, S3 would refuse the bytes, for it compares them.
 */
export function withHashMemory(file: FilePort, store: HashStore, random: () => number): FilePort {
  const geometry = geometryOf(file.sizeBytes);
  const partAt = ({ startByte }: PartRange) => Math.floor(startByte / geometry.partBytes) + 1;
  let checking: Promise<Map<number, Sha256>> | undefined;

  const compute = async (range: PartRange, task: Task<HashOutcome>): Promise<HashOutcome> => {
    const outcome = await task.result;
    if (outcome.state === 'hashed') store.add(partAt(range), outcome.sha256);
    return outcome;
  };

  const check = async (): Promise<Map<number, Sha256>> => {
    const remembered = await store.load();
    const left = [...remembered.keys()];
    for (let i = 0; i < SPOT_CHECKS && left.length > 0; i++) {
      const [part = 1] = left.splice(Math.floor(random() * left.length), 1);
      const outcome = await file.hash(partRange(geometry, part)).result;
      if (outcome.state === 'hashed' && outcome.sha256 === remembered.get(part)) continue;
      // Unreadable now says nothing of the bytes; whoever asks for a hash is told of it.
      if (outcome.state === 'hashed') store.forget();
      return new Map();
    }
    return remembered;
  };

  return {
    ...file,
    put(range, request, onSent) {
      const task = file.put(range, request, onSent);
      const result = task.result.then((outcome) => {
        // Some hash was not of these bytes. Were it one that is remembered, every upload of this file would end here.
        if (isOtherBytes(outcome)) store.forget();
        return outcome;
      });
      return { result, abort: () => task.abort() };
    },
    close: () => file.close(),
    hash(range) {
      checking ??= check();
      let isAborted = false;
      let abort = () => {};
      const result = new Promise<HashOutcome>((resolve) => {
        abort = () => {
          isAborted = true;
          resolve({ state: 'aborted' });
        };
        void checking?.then((remembered) => {
          if (isAborted) return;
          const sha256 = remembered.get(partAt(range));
          if (sha256 !== undefined) return resolve({ state: 'hashed', sha256 });
          const task = file.hash(range);
          abort = task.abort;
          void compute(range, task).then(resolve);
        });
      });
      return { result, abort: () => abort() };
    },
  };
}
