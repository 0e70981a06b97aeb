import type { Clock } from '../engine/ports.ts';

/** Where the work is done: several tabs of one browser share one line, so one of them is enough. */
export type Whereabouts = 'here' | 'another-tab' | 'nowhere';

/** This tab's turn at one piece of work. */
export interface TabTurn {
  where(): Whereabouts;
  onChange(listener: () => void): () => void;
  /** Takes the turn: at once, or when the tab that has it is gone. */
  want(): void;
  /** Gives it up, or does not wait for it any more. */
  release(): void;
  close(): void;
}

/** What tabs say to each other. A higher term came later; of the same one the greater name wins. */
type Say = { kind: 'asks' } | { kind: 'leads'; tab: string; term: number } | { kind: 'left' };

/** What a `BroadcastChannel` does, as far as it is needed. */
export interface TabChannel {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  close(): void;
}

export interface TabTurnOptions {
  channel: TabChannel;
  clock: Clock;
  random: () => number;
  /** A name that no other tab has. */
  tab: string;
  /** Nobody else can know of this work yet. */
  isNew?: boolean;
  /** The browser's own locks under this name, where it has them (plain http has none). */
  hold?: (signal: AbortSignal, held: () => Promise<void>) => Promise<void>;
}

/**
 * Timers of a hidden tab are slowed down to one a minute, messages are not: so nobody sends a heartbeat, and whoever wants
 * to know asks. A tab that does not answer is gone.
 */
const ANSWER_WITHIN_MS = 1_000;
const ASK_EVERY_MS = 3_000;
/** After a tab said that it leaves there is nobody to wait for, but the others that wait as well. */
const AFTER_LEAVE_MS = 50;

export function makeTabTurn({ channel, clock, random, tab, isNew = false, hold }: TabTurnOptions): TabTurn {
  const listeners = new Set<() => void>();
  let where: Whereabouts = 'nowhere';
  let isWanted = false;
  let term = 0;
  let isAnswered = false;
  let isKnownFree = isNew;
  let isClosed = false;
  let cancelTimer = () => {};
  let free = () => {};
  let waiting: AbortController | undefined;

  const show = (next: Whereabouts) => {
    if (next === where) return;
    where = next;
    for (const listener of [...listeners]) listener();
  };
  const say = (message: Say) => {
    if (!isClosed) channel.postMessage(message);
  };
  const lead = () => {
    cancelTimer();
    show('here');
    say({ kind: 'leads', tab, term });
  };

  const takeOver = () => {
    term += 1;
    lead();
  };

  /** Asks who has the turn; without an answer nobody has. */
  const ask = (patienceMs = ANSWER_WITHIN_MS) => {
    cancelTimer();
    if (isClosed || where === 'here') return;
    isAnswered = false;
    say({ kind: 'asks' });
    // Of several that wait one is first, and the others hear of it.
    cancelTimer = clock.after(patienceMs * (1 + random()), () => {
      if (isAnswered) {
        cancelTimer = clock.after(ASK_EVERY_MS, ask);
        return;
      }
      show('nowhere');
      isKnownFree = true;
      if (isWanted && !hold) return takeOver();
      cancelTimer = clock.after(ASK_EVERY_MS, ask);
    });
  };

  channel.addEventListener('message', ({ data }) => {
    const message = data as Say;
    if (message.kind === 'asks') {
      if (where === 'here') say({ kind: 'leads', tab, term });
    } else if (message.kind === 'left') {
      if (where === 'another-tab') ask(AFTER_LEAVE_MS);
    } else if (where !== 'here') {
      term = Math.max(term, message.term);
      isAnswered = true;
      isKnownFree = false;
      show('another-tab');
    } else if (!hold && (message.term > term || (message.term === term && message.tab > tab))) {
      // Both took a silence for an absence (this tab was frozen, say): the later one goes on.
      term = message.term;
      show('another-tab');
      cancelTimer = clock.after(ASK_EVERY_MS, ask);
    } else {
      say({ kind: 'leads', tab, term });
    }
  });

  const queue = () => {
    if (!hold || waiting) return;
    const controller = new AbortController();
    waiting = controller;
    const held = () => {
      lead();
      return new Promise<void>((resolve) => {
        free = resolve;
      });
    };
    // Rejects when it is given up while it waits.
    hold(controller.signal, held).catch(() => {});
  };

  const release = () => {
    isWanted = false;
    waiting?.abort();
    waiting = undefined;
    free();
    if (where !== 'here') return;
    show('nowhere');
    say({ kind: 'left' });
    ask();
  };

  ask();
  return {
    where: () => where,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    want() {
      if (isWanted) return;
      isWanted = true;
      if (hold) queue();
      else if (isKnownFree && where === 'nowhere') takeOver();
    },
    release,
    close() {
      if (isClosed) return;
      release();
      isClosed = true;
      cancelTimer();
      listeners.clear();
      channel.close();
    },
  };
}

const PREFIX = 'tributary.turn.';

/** The turn of this tab at the upload of this secret. Undefined where a browser knows no way to ask other tabs. */
export function openTabTurn(
  secret: string,
  { clock, random, tab, isNew }: Required<Pick<TabTurnOptions, 'clock' | 'random' | 'tab' | 'isNew'>>,
): TabTurn | undefined {
  if (typeof BroadcastChannel === 'undefined') return undefined;
  const name = PREFIX + secret;
  const { locks } = navigator;
  return makeTabTurn({
    channel: new BroadcastChannel(name),
    clock,
    random,
    tab,
    isNew,
    ...(locks ? { hold: (signal, held) => locks.request(name, { signal }, held) } : {}),
  });
}
