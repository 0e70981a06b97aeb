import { createSignal } from 'solid-js';
import { chunk } from '../browser/chunk.ts';
import type { Budget } from '../engine/budget.ts';
import type { Carrier, CarrierOptions } from '../engine/carrier.ts';
import type { CarrierState } from '../engine/carrier-state.ts';
import type { Carrying, CarryingOptions } from './carrying.ts';
import type { OpenUpload } from './open-upload.ts';
import { makeSoon } from './soon.ts';
import type { TabWork } from './tab-work.ts';
import { goesBefore, takesTheLine } from './turns.ts';

/** This device's line, which its files have one after the other; and what carries them, once its code has come. */
export interface Line {
  /** What the person allows this device to use of it; once that is known. */
  budget: () => Budget | undefined;
  /** Whether the screen is kept on, because this device uploads. */
  isScreenKept: () => boolean;
  /** Files that were chosen along with others, and are not begun. */
  queue: () => readonly File[];
  enqueue(files: readonly File[]): void;
  dequeue(file: File): void;
  /** Its file is here, and waits until others are through. */
  waits(open: OpenUpload): boolean;
  /** What another tab of this browser does for it, if one has it. */
  otherTab(open: OpenUpload): CarrierState | undefined;
  /** This upload's file is here: it has the line at once, or in its turn. */
  take(open: OpenUpload, file: File, when: 'now' | 'in-turn'): void;
  /** Does not wait for the turn of this one, if it waits. */
  takeNow(open: OpenUpload): void;
  /** An upload was opened in this page. `isNew`: begun in this tab just now. */
  added(open: OpenUpload, isNew: boolean): void;
  removed(open: OpenUpload): void;
  /** Something of an upload has changed: it may be another's turn. */
  changed(): void;
  makeCarrier(options: CarrierOptions): Carrier;
  /** The page goes away: other tabs may go on. */
  leave(open: OpenUpload): void;
  close(): void;
}

export interface LineOptions extends CarryingOptions {
  opened: () => readonly OpenUpload[];
  /** Begins the upload of a file whose time has come. */
  begin(file: File): void;
  /** Whoever follows a link may only watch, and then needs no workers. */
  isForFiles: boolean;
}

const loadCarrying = chunk(() => import('./carrying.ts'));

/** One has the line, the next is ready to go on where it leaves the line idle. */
const PREPARED = 2;
const TURN_EVERY_MS = 250;
/** What comes with the page has been shown by then; nobody chooses a file sooner. */
const WARM_UP_AFTER_MS = 200;

export function createLine(options: LineOptions): Line {
  const { opened, begin, isForFiles } = options;
  let carrying: Carrying | undefined;
  let warming: ReturnType<typeof setTimeout> | undefined;
  const [budget, setBudget] = createSignal<Budget>();
  const [isScreenKept, setScreenKept] = createSignal(false);
  const [queue, setQueue] = createSignal<readonly File[]>([]);
  const [waiting, setWaiting] = createSignal<ReadonlyMap<OpenUpload, File>>(new Map());
  /** What this tab does for an upload, and leaves to others of this browser. */
  const [works, setWorks] = createSignal<ReadonlyMap<OpenUpload, TabWork>>(new Map());
  const attached = new Set<OpenUpload>();

  const load = async () => {
    const { makeCarrying } = await loadCarrying();
    if (carrying) return;
    carrying = makeCarrying(options);
    const { screen } = carrying;
    setBudget(carrying.budget);
    if (isForFiles) warming = setTimeout(carrying.warmUp, WARM_UP_AFTER_MS);
    screen.onChange(() => setScreenKept(screen.isHeld()));
    for (const open of opened()) workOn(open, false);
  };
  // At once, and out of the way of what the page shows first.
  const loading = setTimeout(() => void load(), 0);

  const workOn = (open: OpenUpload, isNew: boolean) => {
    if (!carrying || works().has(open)) return;
    const work = carrying.workOn(open, isNew, () => stopWaiting(open));
    setWorks((all) => new Map(all).set(open, work));
  };

  const stopWaiting = (open: OpenUpload) =>
    setWaiting((all) => new Map([...all].filter(([other]) => other !== open)));

  const attach = (open: OpenUpload, file: File) => {
    attached.add(open);
    stopWaiting(open);
    const carry = () => {
      if (!carrying || !attached.has(open)) return;
      const { openFile } = carrying;
      works()
        .get(open)
        ?.carry(() => openFile(file));
    };
    if (carrying) return carry();
    void load().then(carry);
  };

  /** Gives the line to the next one, and prepares the one after it. */
  const nextTurn = () => {
    const isBusy = (open: OpenUpload) => takesTheLine(open.upload.view(), attached.has(open));
    carrying?.screen.want(opened().some(isBusy));
    const [next] = waiting();
    if (next && !opened().some(isBusy)) attach(...next);
    const underWay = opened().filter(
      (open) => open.source().state === 'here' && goesBefore(open.upload.view()),
    );
    const [file] = queue();
    if (!file || underWay.length >= PREPARED) return;
    setQueue((all) => all.slice(1));
    begin(file);
  };
  const turning = makeSoon(nextTurn, TURN_EVERY_MS);

  return {
    budget,
    isScreenKept,
    queue,
    enqueue(files) {
      setQueue((all) => [...all, ...files]);
      nextTurn();
    },
    dequeue: (file) => void setQueue((all) => all.filter((other) => other !== file)),
    waits: (open) => waiting().has(open),
    otherTab: (open) => works().get(open)?.otherTab(),
    take(open, file, when) {
      if (when === 'now') return attach(open, file);
      setWaiting((all) => new Map(all).set(open, file));
      nextTurn();
    },
    takeNow(open) {
      const file = waiting().get(open);
      if (file) attach(open, file);
    },
    added: workOn,
    removed(open) {
      stopWaiting(open);
      attached.delete(open);
      works().get(open)?.close();
      setWorks((all) => new Map([...all].filter(([other]) => other !== open)));
    },
    changed: turning.call,
    makeCarrier(its) {
      if (!carrying) throw new Error('expected what carries to be loaded before a file is attached');
      return carrying.makeCarrier(its);
    },
    leave: (open) => works().get(open)?.close(),
    close() {
      turning.stop();
      carrying?.screen.stop();
      clearTimeout(loading);
      clearTimeout(warming);
      for (const work of works().values()) work.close();
    },
  };
}
