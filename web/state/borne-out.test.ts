import { expect, test } from 'vitest';
import { makeBorneOut } from './borne-out.ts';

const MB = 1_000_000;

/** The speeds of device 1 in each second, for what it says of itself and what is carried by then, in MB. */
function shown(seconds: ReadonlyArray<[saysMB: number, carriedMB: number]>, heldByOthersBytes = 0): number[] {
  const borneOut = makeBorneOut();
  return seconds.map(([says, carried], s) => {
    const rates = borneOut({
      atMs: s * 1_000,
      rates: new Map([[1, says * MB]]),
      carriedBytes: carried * MB,
      heldByOthersBytes,
    });
    return (rates.get(1) ?? 0) / MB;
  });
}

test('what only filled buffers is no speed: a line is never shown faster than its bytes', () => {
  // 6 MB leave at once, then 1 MB a second.
  const speeds = shown([
    [0, 0],
    [12, 6],
    [7, 7],
    [4, 8],
    [3, 9],
    [2.5, 10],
    [2, 11],
  ]);
  expect(Math.max(...speeds)).toBeLessThanOrEqual(2);
});

test('a speed that the bytes bear out is shown as it is', () => {
  const steady = Array.from({ length: 20 }, (_, s): [number, number] => [3, 3 * s]);
  expect(shown(steady).slice(5)).toEqual(Array(15).fill(3));
});

test('the tickets that others hold may be as good as sent', () => {
  expect(
    shown(
      [
        [3, 0],
        [3, 0],
        [3, 0],
      ],
      500 * MB,
    ).slice(1),
  ).toEqual([3, 3]);
});
