import { type FileHandle, handleOf, type Reading, readHandle } from '../browser/file-handles.ts';
import type { Journal, KeptFile } from '../browser/journal.ts';
import { FILE_AGAIN, waitMs } from '../engine/backoff.ts';
import { type CarrierState, isAboutFile, isFileProven } from '../engine/carrier-state.ts';
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
  /** The same where the browser has no other way to it: one that was written to stays lost until it is chosen again. */
  | { state: 'lost'; name: string }
  /** There is a file of that name, and it is another one now. */
  | { state: 'changed'; name: string; sizeBytes: number };

/** The file of one upload on this device, across reloads, drives that come and go, and permissions that are taken back. */
export interface FileSource {
  view(): SourceView;
  onChange(listener: () => void): () => void;
  /** The person chose this file. One that was kept before is forgotten only when this one is proven. */
  choose(file: File): void;
  /** Goes on with the file of before. To be called in a click. */
  goOn(): Promise<void>;
  /** What the engine says now, perhaps again: that it cannot read the file, or whether it is the upload's. */
  told(carrier: CarrierState | undefined): void;
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
  /** What there was before a choice of which nobody knows yet whether it is right. */
  let before: { kept: KeptFile | undefined; file: File | undefined; view: SourceView } | undefined;
  let heard: CarrierState | undefined;
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
    showAway(kept, reading.reason);
  };

  /** It is looked for in any case: without a handle, a drive may come back, but nothing that was written to. */
  const showAway = ({ name, handle }: KeptFile, reason: string) => {
    show(handle ? { state: 'away', name, reason } : { state: 'lost', name });
    lookLater();
  };

  const lookLater = () => {
    failures += 1;
    cancelLook = clock.after(waitMs(FILE_AGAIN, failures, random()), () => void look());
  };

  /** From now on it is the one that is remembered. */
  const proven = () => {
    if (before && kept) void journal.keepFile(secret, kept);
    before = undefined;
  };

  /** What there was before the choice is there again. */
  const refused = () => {
    if (!before) return;
    begin();
    const { view: shown } = before;
    ({ kept, file } = before);
    before = undefined;
    if (!kept) void journal.dropFile(secret);
    show(shown);
    if (shown.state === 'away' || shown.state === 'lost') lookLater();
  };

  const lost = () => {
    if (!kept || view.state !== 'here') return;
    begin();
    if (clock.nowMs() - takenMs > STEADY_MS) failures = 0;
    showAway(kept, '');
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
      before ??= { kept, file, view };
      kept = { name: next.name, sizeBytes: next.size, modifiedAtMs: next.lastModified };
      take(next);
      void handleOf(next).then((handle) => {
        if (mine !== turn && file !== next) return;
        if (kept && handle) kept = { ...kept, handle };
        if (kept && !before?.kept) void journal.keepFile(secret, kept);
      });
    },
    goOn: () => look(true),
    told(carrier) {
      // What was said before the file was chosen says nothing of it.
      if (!carrier || carrier === heard) return;
      heard = carrier;
      if (isFileProven(carrier)) proven();
      else if (carrier.state === 'stopped' && carrier.reason === 'file-unreadable') lost();
      else if (carrier.state === 'stopped' && isAboutFile(carrier.reason)) refused();
    },
    drop() {
      begin();
      before = undefined;
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
