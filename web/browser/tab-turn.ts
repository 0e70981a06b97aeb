import { type CarrierState, isSameState } from '../engine/carrier-state.ts';
import type { Clock } from '../engine/ports.ts';

/** Where the work is done: several tabs of one browser share one line, so one of them is enough. */
export type Whereabouts = 'here' | 'another-tab' | 'nowhere';

/** This tab's turn at one piece of work. */
export interface TabTurn {
  where(): Whereabouts;
  /** What the tab that has the turn does with it, if that is another one. */
  other(): CarrierState | undefined;
  /** What this tab does with it, for the others to know. */
  tell(state: CarrierState): void;
  onChange(listener: () => void): () => void;
  /** Takes the turn: at once, or when the tab that has it is gone. */
  want(): void;
  /** Gives it up, or does not wait for it any more. `stopped`: the person wants it done by no tab. */
  release(why?: 'stopped'): void;
  /** The person has stopped it in another tab: whoever waits for the turn is to give up. */
  onStopped(listener: () => void): void;
  close(): void;
}

/** What tabs say to each other. A higher term came later; of the same one the greater name wins. */
type Say =
  | { kind: 'asks' }
  | { kind: 'leads'; tab: string; term: number; state: CarrierState }
  | { kind: 'left'; why: 'stopped' | undefined };

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
/** A lock is handed on faster than a message arrives: it is kept until whoever waits for it has heard that it was stopped. */
const STOP_HEARD_WITHIN_MS = 1_000;

export function makeTabTurn({ channel, clock, random, tab, isNew = false, hold }: TabTurnOptions): TabTurn {
  const listeners = new Set<() => void>();
  const stopListeners = new Set<() => void>();
  let where: Whereabouts = 'nowhere';
  let own: CarrierState = { state: 'proving' };
  let other: CarrierState | undefined;
  let isWanted = false;
  let term = 0;
  let isAnswered = false;
  let isKnownFree = isNew;
  let isClosed = false;
  let cancelTimer = () => {};
  let free = () => {};
  let waiting: AbortController | undefined;

  const show = (next: Whereabouts, its?: CarrierState) => {
    const isSame = its && other ? isSameState(its, other) : its === other;
    if (next === where && isSame) return;
    where = next;
    other = its;
    for (const listener of [...listeners]) listener();
  };
  const say = (message: Say) => {
    if (!isClosed) channel.postMessage(message);
  };
  const sayLeads = () => say({ kind: 'leads', tab, term, state: own });
  const lead = () => {
    cancelTimer();
    show('here');
    sayLeads();
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
      if (where === 'here') sayLeads();
    } else if (message.kind === 'left' && message.why) {
      for (const listener of stopListeners) listener();
      isKnownFree = true;
      show('nowhere');
    } else if (message.kind === 'left') {
      if (where === 'another-tab') ask(AFTER_LEAVE_MS);
    } else if (where !== 'here') {
      term = Math.max(term, message.term);
      isAnswered = true;
      isKnownFree = false;
      show('another-tab', message.state);
    } else if (!hold && (message.term > term || (message.term === term && message.tab > tab))) {
      // Both took a silence for an absence (this tab was frozen, say): the later one goes on.
      term = message.term;
      show('another-tab', message.state);
      cancelTimer = clock.after(ASK_EVERY_MS, ask);
    } else {
      sayLeads();
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

  const release = (why?: 'stopped') => {
    isWanted = false;
    waiting?.abort();
    waiting = undefined;
    if (why) clock.after(STOP_HEARD_WITHIN_MS, free);
    else free();
    if (where !== 'here') return;
    show('nowhere');
    say({ kind: 'left', why });
    ask();
  };

  ask();
  return {
    where: () => where,
    other: () => other,
    tell(state) {
      if (isSameState(state, own)) return;
      own = state;
      if (where === 'here') sayLeads();
    },
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
    onStopped: (listener) => void stopListeners.add(listener),
    close() {
      if (isClosed) return;
      release();
      isClosed = true;
      cancelTimer();
      listeners.clear();
      stopListeners.clear();
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
