import { describe, expect, test } from 'vitest';
import { makeVirtualClock, type VirtualClock } from '../engine/testing/virtual-clock.ts';
import { makeTabTurn, type TabChannel } from './tab-turn.ts';

/** Tabs of one browser: a channel between them, and locks where the browser has them. */
function browser(hasLocks: boolean) {
  const clock = makeVirtualClock();
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

describe.each([
  ['with the browser’s locks', true],
  ['by messages alone', false],
] as const)('tabs of one browser, %s', (_, hasLocks) => {
  test('one of those that want the turn has it, and all others know that another tab has', async () => {
    const { clock, open } = browser(hasLocks);
    const tabs = ['a', 'b', 'c', 'd'].map(open);
    for (const tab of tabs) tab.want();
    await clock.pass(5_000);
    expect(tabs.map((tab) => tab.where()).sort()).toEqual([
      'another-tab',
      'another-tab',
      'another-tab',
      'here',
    ]);
    const late = open('e');
    await clock.pass(3_000);
    expect(late.where()).toBe('another-tab');
  });

  test('alone it has the turn soon', async () => {
    const { clock, open } = browser(hasLocks);
    const tab = open('a');
    tab.want();
    await clock.passUntil(() => tab.where() === 'here', 2_000);
  });

  test('when the one that has it leaves, one that waits takes over at once', async () => {
    const { clock, open } = browser(hasLocks);
    const first = open('a');
    first.want();
    await clock.pass(5_000);
    const others = ['b', 'c'].map(open);
    for (const tab of others) tab.want();
    await clock.pass(5_000);
    first.close();
    await clock.passUntil(() => others.some((tab) => tab.where() === 'here'), 300);
    await clock.pass(5_000);
    expect(others.map((tab) => tab.where()).sort()).toEqual(['another-tab', 'here']);
  });

  test('when it dies without a word, one that waits takes over within seconds', async () => {
    const { clock, open, kill } = browser(hasLocks);
    const first = open('a');
    first.want();
    await clock.pass(5_000);
    const second = open('b');
    second.want();
    await clock.pass(5_000);
    expect(second.where()).toBe('another-tab');
    kill('a');
    await clock.passUntil(() => second.where() === 'here', 8_000);
  });

  test('one that only looks on never takes the turn, and sees that nobody has it any more', async () => {
    const { clock, open } = browser(hasLocks);
    const worker = open('a');
    const looker = open('b');
    worker.want();
    await clock.pass(5_000);
    expect(looker.where()).toBe('another-tab');
    worker.release();
    await clock.pass(5_000);
    expect([worker, looker].map((tab) => tab.where())).toEqual(['nowhere', 'nowhere']);
    looker.want();
    await clock.passUntil(() => looker.where() === 'here', 3_000);
  });

  test('one that waited and does not want any more is passed over', async () => {
    const { clock, open } = browser(hasLocks);
    const [first, second, third] = ['a', 'b', 'c'].map(open);
    first?.want();
    await clock.pass(5_000);
    second?.want();
    third?.want();
    await clock.pass(1_000);
    second?.release();
    first?.close();
    await clock.pass(8_000);
    expect([second?.where(), third?.where()]).toEqual(['another-tab', 'here']);
  });
});

test('a tab that was frozen while another took over lets that one go on', async () => {
  const { clock, open, freeze } = browser(false);
  const first = open('z');
  first.want();
  await clock.pass(5_000);
  const second = open('a');
  second.want();
  await clock.pass(5_000);
  freeze('z', true);
  await clock.passUntil(() => second.where() === 'here', 8_000);
  expect(first.where()).toBe('here');
  freeze('z', false);
  open('c');
  await clock.pass(3_000);
  expect([first.where(), second.where()]).toEqual(['another-tab', 'here']);
});
