import { expect, test } from 'vitest';
import type { OpenView } from './status.ts';
import { takesLong } from './takes-long.ts';

const MB = 1_000_000;

/** Of a file of so many bytes, so long after it has begun to move (undefined: it has not), with so much time left. */
function view(sizeBytes: number, movingMs?: number, etaMs?: number, state: 'open' | 'finished' = 'open') {
  const pace = movingMs === undefined ? undefined : { rateBps: 1, sinceMs: 1_000, atMs: 1_000 + movingMs };
  return {
    phase: { state },
    file: { name: 'film.mov', sizeBytes, type: '' },
    progress: { sizeBytes, shownBytes: 0, share: 0, rateBps: 1, etaMs, pace },
  } as unknown as OpenView;
}

test.for([
  ['5 GB that are through in half a minute', view(5_000 * MB, 4_000, 30_000), false],
  ['20 MB that take ten minutes', view(20 * MB, 4_000, 600_000), true],
  ['20 MB that nobody knows the end of', view(20 * MB), false],
  ['20 MB of which the first moment says ten minutes', view(20 * MB, 500, 600_000), false],
  ['5 GB that nobody knows the end of', view(5_000 * MB), true],
] as const)('whether it takes long: %s', ([, now, expected]) => {
  expect(takesLong(now, false)).toBe(expected);
});

test('what was said once is not taken back before the end: an offer does not flicker', () => {
  expect(takesLong(view(20 * MB, 9_000, 1_000), true)).toBe(true);
  expect(takesLong(view(20 * MB), true)).toBe(true);
  expect(takesLong(view(20 * MB, 9_000, 0, 'finished'), true)).toBe(false);
});
