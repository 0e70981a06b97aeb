import { expect, test } from 'vitest';
import { factsOf } from './grid-facts.ts';

test('the facts say what is drawn', () => {
  expect(
    factsOf([
      { state: 'done', device: 2 },
      { state: 'done', device: 0 },
      { state: 'leased', devices: [1, 2] },
      { state: 'free' },
      { state: 'done', device: 2 },
      { state: 'unknown' },
    ]),
  ).toEqual({
    done: 3,
    leased: 1,
    doneRanges: '1-2,5',
    leasedRanges: '3',
    hedgedRanges: '3',
    doneBy: { 0: 1, 2: 2 },
  });
});
