import { describe, expect, test } from 'vitest';
import { makeTabs } from './testing/tabs.ts';

describe.each([
  ['with the browser’s locks', true],
  ['by messages alone', false],
] as const)('tabs of one browser, %s', (_, hasLocks) => {
  test('one of those that want the turn has it, and all others know that another tab has', async () => {
    const { clock, open } = makeTabs(hasLocks);
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
    const { clock, open } = makeTabs(hasLocks);
    const tab = open('a');
    tab.want();
    await clock.passUntil(() => tab.where() === 'here', 2_000);
  });

  test('when the one that has it leaves, one that waits takes over at once', async () => {
    const { clock, open } = makeTabs(hasLocks);
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
    const { clock, open, kill } = makeTabs(hasLocks);
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

  test('those that do not have it are told what the tab that has it does, late comers as well', async () => {
    const { clock, open } = makeTabs(hasLocks);
    const [first, second] = [open('a'), open('b')];
    first.want();
    await clock.pass(5_000);
    first.tell({ state: 'carrying' });
    await clock.pass(10);
    expect(second.other()).toEqual({ state: 'carrying' });
    let changes = 0;
    second.onChange(() => changes++);
    first.tell({ state: 'paused', by: 'person' });
    await clock.pass(10);
    expect(second.other()).toEqual({ state: 'paused', by: 'person' });
    expect(changes).toBe(1);
    const late = open('c');
    await clock.pass(3_000);
    expect(late.other()).toEqual({ state: 'paused', by: 'person' });
    expect(first.other()).toBeUndefined();
    first.release();
    await clock.pass(5_000);
    expect([second, late].map((tab) => tab.other())).toEqual([undefined, undefined]);
  });

  test('when a person stopped it, whoever waits hears of that before the turn could be theirs', async () => {
    const { clock, open } = makeTabs(hasLocks);
    const tabs = ['a', 'b', 'c'].map(open);
    const [first, second, third] = tabs;
    const led: string[] = [];
    for (const tab of [second, third]) {
      tab?.onStopped(() => tab.release());
      tab?.onChange(() => led.push(tab.where()));
    }
    first?.want();
    await clock.pass(5_000);
    second?.want();
    third?.want();
    await clock.pass(5_000);
    first?.release('stopped');
    await clock.pass(20_000);
    expect(led).not.toContain('here');
    expect(tabs.map((tab) => tab.where())).toEqual(['nowhere', 'nowhere', 'nowhere']);
    // A person may start it again from any of them.
    third?.want();
    await clock.passUntil(() => third?.where() === 'here', 2_000);
  });

  test('one that stopped and is started again at once has the turn', async () => {
    const { clock, open } = makeTabs(hasLocks);
    const [first, second] = [open('a'), open('b')];
    first.want();
    await clock.pass(5_000);
    first.release('stopped');
    first.want();
    await clock.passUntil(() => first.where() === 'here', 2_000);
    await clock.pass(5_000);
    expect([first, second].map((tab) => tab.where())).toEqual(['here', 'another-tab']);
  });

  test('one that only looks on never takes the turn, and sees that nobody has it any more', async () => {
    const { clock, open } = makeTabs(hasLocks);
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
    const { clock, open } = makeTabs(hasLocks);
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
  const { clock, open, freeze } = makeTabs(false);
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
