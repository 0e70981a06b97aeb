import { geometryOf, type PartRange, partLength } from '../../../protocol/board/geometry.ts';
import type { Sha256 } from '../../../protocol/board/manifest.ts';
import type { FilePort, HashOutcome, PutOutcome, PutRequest, Task } from '../ports.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What stands for the hash of a part: another content, another hash. */
export function sha256Of(content: string, part: number): Sha256 {
  return `${`${content}+${part}+`.padEnd(43, 'A')}=`;
}

export interface VirtualFileOptions {
  sizeBytes: number;
  /** How long a part takes to be read and hashed. */
  hashMs?: number;
  /** How long a put takes. */
  putMs?: number;
  /** How long the store takes for its answer, after the last byte. */
  answerMs?: number;
  /** In so many steps the bytes of a part leave. */
  steps?: number;
}

interface Busy {
  now: number;
  most: number;
  aborted: number;
}

interface StartedPut {
  part: number;
  atMs: number;
  request: PutRequest;
}

/** A file that exists by its name for its bytes, on a line that takes its time; what goes wrong, the test says. */
export interface VirtualFile extends FilePort {
  /** Its bytes, by name. A test that changes it has changed the file. */
  content: string;
  /** How long a put takes that begins now. */
  putMs: number;
  /** Bytes of this part that have left, in the attempt that came furthest. */
  sentOf(part: number): number;
  /** Parts in the order in which their hash was asked for. */
  readonly hashed: number[];
  readonly puts: StartedPut[];
  readonly mostHashedAtOnce: number;
  readonly mostPutAtOnce: number;
  readonly abortedHashes: number;
  readonly abortedPuts: number;
  readonly isClosed: boolean;
  /** What is to come of this hash instead of the hash, if anything is. */
  hashFails(part: number): HashOutcome | undefined;
  /** What is to come of this put instead of `stored`, if anything is; `attempt` counts from 1. */
  putFails(part: number, attempt: number): PutOutcome | undefined;
}

export function makeVirtualFile(clock: VirtualClock, options: VirtualFileOptions): VirtualFile {
  const { sizeBytes, hashMs = 5, answerMs = 0, steps = 4 } = options;
  const geometry = geometryOf(sizeBytes);
  const partAt = ({ startByte }: PartRange) => Math.floor(startByte / geometry.partBytes) + 1;
  const hashed: number[] = [];
  const puts: StartedPut[] = [];
  const hashing: Busy = { now: 0, most: 0, aborted: 0 };
  const putting: Busy = { now: 0, most: 0, aborted: 0 };
  const sent = new Map<number, number>();
  let isClosed = false;

  const task = <Outcome>(
    busy: Busy,
    ms: number,
    outcome: () => Outcome | { state: 'aborted' },
    cancel = () => {},
  ): Task<Outcome | { state: 'aborted' }> => {
    busy.now += 1;
    busy.most = Math.max(busy.most, busy.now);
    let end = (_: Outcome | { state: 'aborted' }) => {};
    let isOver = false;
    const result = new Promise<Outcome | { state: 'aborted' }>((resolve) => {
      end = (value) => {
        if (isOver) return;
        isOver = true;
        busy.now -= 1;
        resolve(value);
      };
    });
    const stop = clock.after(ms, () => end(outcome()));
    return {
      result,
      abort() {
        if (isOver) return;
        busy.aborted += 1;
        stop();
        cancel();
        end({ state: 'aborted' });
      },
    };
  };

  return {
    name: 'a file.bin',
    type: '',
    sizeBytes,
    content: 'original',
    putMs: options.putMs ?? 1_000,
    sentOf: (part) => sent.get(part) ?? 0,
    hashed,
    puts,
    get mostHashedAtOnce() {
      return hashing.most;
    },
    get mostPutAtOnce() {
      return putting.most;
    },
    get abortedHashes() {
      return hashing.aborted;
    },
    get abortedPuts() {
      return putting.aborted;
    },
    get isClosed() {
      return isClosed;
    },
    hashFails: () => undefined,
    putFails: () => undefined,
    hash(range) {
      const part = partAt(range);
      hashed.push(part);
      return task<HashOutcome>(
        hashing,
        hashMs,
        () => this.hashFails(part) ?? { state: 'hashed', sha256: sha256Of(this.content, part) },
      );
    },
    put(range, request, onSent) {
      const part = partAt(range);
      const attempt = puts.filter((one) => one.part === part).length + 1;
      puts.push({ part, atMs: clock.nowMs(), request });
      const lengthBytes = partLength(geometry, part);
      const { putMs } = this;
      const leave = (sentBytes: number) => {
        sent.set(part, Math.max(sentBytes, this.sentOf(part)));
        onSent(sentBytes);
      };
      const shares = Array.from({ length: answerMs > 0 ? steps : steps - 1 }, (_, i) => (i + 1) / steps);
      const reports = shares.map((share) =>
        clock.after(putMs * share, () => leave(Math.floor(lengthBytes * share))),
      );
      const outcome = (): PutOutcome => {
        const failure = this.putFails(part, attempt);
        if (failure) return failure;
        // I2: the store compares the bytes with the checksum that the address was signed for.
        const isRight = request.headers['x-amz-checksum-sha256'] === sha256Of(this.content, part);
        if (!isRight) return { state: 'refused', status: 400, code: 'BadDigest' };
        leave(lengthBytes);
        return { state: 'stored' };
      };
      return task<PutOutcome>(putting, putMs + answerMs, outcome, () => {
        for (const stop of reports) stop();
      });
    },
    close() {
      isClosed = true;
    },
  };
}
