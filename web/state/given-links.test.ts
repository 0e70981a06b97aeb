import { expect, test } from 'vitest';
import type { ShareInfo } from '../../protocol/messages/share.ts';
import { isFirstTakenBack, newestOf, overBy, stillGood, withLinks } from './given-links.ts';

const MADE_AT_MS = 1_000;
const link = (share: string, more: Partial<ShareInfo> = {}): ShareInfo => ({
  share,
  role: 'helper',
  name: '',
  isMakers: false,
  createdAtMs: MADE_AT_MS,
  expiresAtMs: 9_000,
  ...more,
});

test('the first link is offered until the server says that it was taken back, whatever else helps', () => {
  const later = link('later', { createdAtMs: 2_000 });
  expect(isFirstTakenBack(undefined, 'helper', MADE_AT_MS)).toBe(false);
  expect(isFirstTakenBack([later, link('first')], 'helper', MADE_AT_MS)).toBe(false);
  expect(isFirstTakenBack([later, link('first', { revokedAtMs: 3_000 })], 'helper', MADE_AT_MS)).toBe(true);
  // So many were made since that it is not told any more.
  expect(isFirstTakenBack([later], 'helper', MADE_AT_MS)).toBe(true);
});

test('a link of another kind does not stand for the one to help', () => {
  expect(isFirstTakenBack([link('watch', { role: 'watcher' })], 'helper', MADE_AT_MS)).toBe(true);
});

test('a link that was just made is the newest of its role and name', () => {
  const tablet = { name: 'tablet', createdAtMs: 2_000 };
  const all = [link('first'), link('old', { ...tablet, createdAtMs: 1_500 }), link('new', tablet)];
  expect(newestOf(all, 'helper', 'tablet')).toBe('new');
});

test('links that were made here are shown as long as the server says that they admit somebody, and forgotten only once it says that they do not', () => {
  const [good, over, gone, back] = ['good', 'over', 'gone', 'back'].map((share) => ({ share }));
  const made = [good, over, gone, back] as Array<{ share: string }>;
  expect(stillGood(made, undefined, 5_000)).toEqual(made);
  const known = [
    link('good', { expiresAtMs: 5_001 }),
    link('over', { expiresAtMs: 5_000 }),
    link('back', { revokedAtMs: 3_000 }),
  ];
  expect(stillGood(made, known, 5_000)).toEqual([good]);
  expect(made.filter(overBy(known, 5_000))).toEqual([over, back]);
  // A list from before the newest link was made, which comes after the one that has it.
  expect(made.filter(overBy([], 5_000))).toEqual([]);
  expect(made.filter(overBy(undefined, 5_000))).toEqual([]);
});

test('what two tabs have made is told once each', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((share) => ({ share })) as Array<{ share: string }>;
  expect(withLinks([a, b] as never[], [{ share: 'b' }, c] as never[])).toEqual([a, b, c]);
});
