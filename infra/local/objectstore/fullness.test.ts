import { expect, test } from 'vitest';
import { makeFullness } from './fullness.ts';

function disk() {
  let now = 0;
  const heard: boolean[] = [];
  const fullness = makeFullness(
    () => now,
    (isFull) => heard.push(isFull),
  );
  return { fullness, heard, pass: (ms: number) => (now += ms) };
}

test('a disk that is full is told of once, however many parts find no room, and once when there is room again', () => {
  const { fullness, heard } = disk();
  const [first, second] = [fullness.begin(500), fullness.begin(500)];
  first('full');
  second('full');
  fullness.begin(500)('full');
  expect([heard, fullness.isFull()]).toEqual([[true], true]);
  fullness.begin(500)('stored');
  fullness.begin(500)('stored');
  expect([heard, fullness.isFull()]).toEqual([[true, false], false]);
});

test('neither what was begun before the disk was full says that there is room, nor what is smaller', () => {
  const { fullness, heard } = disk();
  const early = fullness.begin(500);
  fullness.begin(500)('full');
  early('stored');
  fullness.begin(499)('stored');
  expect([heard, fullness.isFull()]).toEqual([[true], true]);
});

test('nobody knows of a disk that nobody has tried for minutes', () => {
  const { fullness, heard, pass } = disk();
  fullness.begin(500)('full');
  pass(200_000);
  expect(fullness.isFull()).toBe(false);
  fullness.begin(500)('full');
  expect(heard).toEqual([true, true]);
});
