import { type FileHandle, handleOf, type Reading, readHandle } from '../browser/file-handles.ts';
import type { Journal, KeptFile } from '../browser/journal.ts';
import { FILE_AGAIN, waitMs } from '../engine/backoff.ts';
import { makeEmitter } from '../engine/emitter.ts';
import type { Clock } from '../engine/ports.ts';

/** Where this device's bytes of an upload come from. */
export type SourceView =
  | { state: 'none' }
  | { state: 'here'; name: string }
  /** This device had it before the page was reloaded, and the browser kept no way to it: it has to be chosen again. */
  | { state: 'forgotten'; name: string; sizeBytes: number; modifiedAtMs: number }
  /** The browser kept the way, and wants the person to allow it again: `goOn` in a click. */
  | { state: 'asks'; name: string }
  /** It cannot be read just now. It is looked for again, or may be chosen again. */
  | { state: 'away'; name: string; reason: string }
  /** There is a file of that name, and it is another one now. */
  | { state: 'changed'; name: string; sizeBytes: number };

/** The file of one upload on this device, across reloads, drives that come and go, and permissions that are taken back. */
export interface FileSource {
  view(): SourceView;
  onChange(listener: () => void): () => void;
  /** The person chose this file. */
  choose(file: File): void;
  /** Goes on with the file of before. To be called in a click. */
  goOn(): Promise<void>;
  /** The engine can no longer read it. */
  lost(): void;
  /** This device has done its part, or its person wants it to stop: nothing goes on by itself any more. */
  drop(): void;
  close(): void;
}

export interface FileSourceOptions {
  journal: Pick<Journal, 'keptFile' | 'keepFile' | 'dropFile'>;
  /** The one by which this device joins the upload. */
  secret: string;
  clock: Clock;
  random: () => number;
  attach(file: File): void;
}

/** A file that was read for this long is lost anew: the waits begin from the first. */
const STEADY_MS = 60_000;

export function makeFileSource({ journal, secret, clock, random, attach }: FileSourceOptions): FileSource {
  const changes = makeEmitter<void>();
  let view: SourceView = { state: 'none' };
  let kept: KeptFile | undefined;
  let file: File | undefined;
  let takenMs = Number.NEGATIVE_INFINITY;
  let failures = 0;
  /** What the person did last makes all that was begun before it void. */
  let turn = 0;
  let cancelLook = () => {};

  const show = (next: SourceView) => {
    view = next;
    changes.emit();
  };

  const begin = () => {
    cancelLook();
    turn += 1;
    return turn;
  };

  const take = (next: File) => {
    file = next;
    takenMs = clock.nowMs();
    show({ state: 'here', name: next.name });
    attach(next);
  };

  /** What was kept, as it is now; `isClick`: the person may be asked. */
  const look = async (isClick = false) => {
    const mine = begin();
    if (!kept) return;
    const { name, sizeBytes } = kept;
    const reading = await read(kept.handle, file, isClick);
    if (mine !== turn) return;
    if (reading === undefined) return show({ state: 'forgotten', ...kept });
    if (reading.state === 'asks') return show({ state: 'asks', name });
    if (reading.state === 'file' && reading.file.size === sizeBytes) return take(reading.file);
    if (reading.state === 'file') return show({ state: 'changed', name, sizeBytes: reading.file.size });
    show({ state: 'away', name, reason: reading.reason });
    lookLater();
  };

  const lookLater = () => {
    failures += 1;
    cancelLook = clock.after(waitMs(FILE_AGAIN, failures, random()), () => void look());
  };

  void (async () => {
    const mine = turn;
    const found = await journal.keptFile(secret);
    if (mine !== turn || !found) return;
    kept = found;
    await look();
  })();

  return {
    view: () => view,
    onChange: changes.on,
    choose(next) {
      const mine = begin();
      failures = 0;
      kept = { name: next.name, sizeBytes: next.size, modifiedAtMs: next.lastModified };
      take(next);
      void handleOf(next).then((handle) => {
        if (mine !== turn && file !== next) return;
        if (kept && handle) kept = { ...kept, handle };
        if (kept) void journal.keepFile(secret, kept);
      });
    },
    goOn: () => look(true),
    lost() {
      if (!kept || view.state !== 'here') return;
      begin();
      if (clock.nowMs() - takenMs > STEADY_MS) failures = 0;
      show({ state: 'away', name: kept.name, reason: '' });
      lookLater();
    },
    drop() {
      begin();
      kept = undefined;
      file = undefined;
      void journal.dropFile(secret);
      show({ state: 'none' });
    },
    close() {
      begin();
    },
  };
}

/** By its handle, else the file itself if this page still has it. Undefined: neither. */
async function read(
  handle: FileHandle | undefined,
  file: File | undefined,
  isClick: boolean,
): Promise<Reading | undefined> {
  if (handle) return readHandle(handle, isClick);
  if (!file) return undefined;
  try {
    await file.slice(0, 1).arrayBuffer();
    return { state: 'file', file };
  } catch (error) {
    return { state: 'gone', reason: error instanceof Error ? error.name : String(error) };
  }
}
