/** Time that passes as fast as the machine allows, from event to event. It begins at 0. */
export interface SimClock {
  nowMs(): number;
  /** Calls once; the answer cancels. Then everything that waits for a promise has its turn. */
  after(ms: number, call: () => void): () => void;
  /** The same for what settles no promise, unless it says so by `stir`: far cheaper. */
  quietly(ms: number, call: () => void): () => void;
  sleep(ms: number): Promise<void>;
  /** A promise was settled. */
  stir(): void;
  /** Until this is so. False: it was not by then, or nothing is left that could happen. */
  run(isOver: () => boolean, untilMs: number): Promise<boolean>;
  /** How many events there were. */
  readonly events: number;
}

interface Event {
  atMs: number;
  /** Of several at the same time, the one that was set first comes first. */
  order: number;
  call: (() => void) | undefined;
  stirs: boolean;
}

export function makeSimClock(): SimClock {
  const heap = makeHeap();
  let now = 0;
  let order = 0;
  let events = 0;
  let isStirred = false;

  const set = (ms: number, call: () => void, stirs: boolean) => {
    const event: Event = { atMs: now + Math.max(0, ms), order: order++, call, stirs };
    heap.push(event);
    return () => {
      event.call = undefined;
    };
  };

  return {
    nowMs: () => now,
    after: (ms, call) => set(ms, call, true),
    quietly: (ms, call) => set(ms, call, false),
    sleep: (ms) => new Promise((resolve) => void set(ms, resolve, true)),
    stir() {
      isStirred = true;
    },
    async run(isOver, untilMs) {
      await drain();
      while (!isOver()) {
        const next = heap.pop();
        if (!next) return false;
        const { call } = next;
        if (!call) continue;
        if (next.atMs > untilMs) {
          heap.push(next);
          return false;
        }
        now = next.atMs;
        events++;
        call();
        if (!next.stirs && !isStirred) continue;
        isStirred = false;
        await drain();
      }
      return true;
    },
    get events() {
      return events;
    },
  };
}

/** An immediate comes after all promises, however long their chains are. */
function drain(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** A binary heap, the soonest event first. */
function makeHeap() {
  const events: Event[] = [];
  return {
    push(event: Event) {
      let i = events.length;
      events.push(event);
      while (i > 0) {
        const up = (i - 1) >> 1;
        const above = events[up];
        if (!above || isBefore(above, event)) break;
        events[i] = above;
        i = up;
      }
      events[i] = event;
    },
    pop(): Event | undefined {
      const first = events[0];
      const last = events.pop();
      if (!first || !last || first === last) return first;
      let i = 0;
      for (;;) {
        const left = 2 * i + 1;
        const [a, b] = [events[left], events[left + 1]];
        if (!a) break;
        const down = b && isBefore(b, a) ? left + 1 : left;
        const below = down === left ? a : b;
        if (!below || isBefore(last, below)) break;
        events[i] = below;
        i = down;
      }
      events[i] = last;
      return first;
    },
  };
}
