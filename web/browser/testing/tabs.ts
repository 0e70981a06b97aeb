import { makeVirtualClock, type VirtualClock } from '../../engine/testing/virtual-clock.ts';
import { makeTabTurn, type TabChannel } from '../tab-turn.ts';

/** Tabs of one browser: a channel between them, and locks where the browser has them. */
export function makeTabs(hasLocks: boolean, clock = makeVirtualClock()) {
  const tabs = new Map<string, { hear: (event: { data: unknown }) => void; isFrozen: boolean }>();
  const queue: Array<{ tab: string; begin(): void }> = [];
  let holder: string | undefined;

  const next = () => {
    if (holder !== undefined) return;
    const first = queue.shift();
    holder = first?.tab;
    first?.begin();
  };
  const channelOf = (name: string): TabChannel => ({
    postMessage(data) {
      for (const [other, { hear, isFrozen }] of tabs) {
        if (other !== name && !isFrozen) clock.after(1, () => tabs.has(other) && hear({ data }));
      }
    },
    addEventListener: (_, hear) => tabs.set(name, { hear, isFrozen: false }),
    close: () => tabs.delete(name),
  });
  const holdOf = (tab: string) => (signal: AbortSignal, held: () => Promise<void>) =>
    new Promise<void>((resolve, reject) => {
      const end = () => {
        if (holder === tab) holder = undefined;
        resolve();
        next();
      };
      const entry = { tab, begin: () => void held().then(end) };
      signal.addEventListener('abort', () => {
        const index = queue.indexOf(entry);
        if (index >= 0) queue.splice(index, 1);
        reject(new DOMException('aborted', 'AbortError'));
      });
      queue.push(entry);
      next();
    });

  let randomState = 7;
  const random = () => {
    randomState = (randomState * 16_807) % 2_147_483_647;
    return randomState / 2_147_483_647;
  };
  const open = (tab: string) => {
    const hold = holdOf(tab);
    const own = clockOf(clock, tab, tabs);
    return makeTabTurn({ channel: channelOf(tab), clock: own, random, tab, ...(hasLocks ? { hold } : {}) });
  };
  /** Ends without a word, as a crash does. */
  const kill = (tab: string) => {
    tabs.delete(tab);
    if (holder === tab) {
      holder = undefined;
      next();
    }
  };
  const freeze = (tab: string, isFrozen: boolean) => {
    const known = tabs.get(tab);
    if (known) known.isFrozen = isFrozen;
  };
  return { clock, open, kill, freeze };
}

/** A tab that is gone has no timers any more. */
function clockOf(clock: VirtualClock, tab: string, tabs: ReadonlyMap<string, { isFrozen: boolean }>) {
  return {
    nowMs: clock.nowMs,
    after: (ms: number, call: () => void) =>
      clock.after(ms, () => {
        const known = tabs.get(tab);
        if (known && !known.isFrozen) call();
      }),
  };
}
