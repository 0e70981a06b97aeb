import { expect, test } from 'vitest';
import { gatherMs as gatherMsOf, isHurried, isRunningOut, type Tempo } from './sync-window.ts';

const PLENTY = 1_000;
const together = { unknownParts: 0, carriers: 2 };
const gatherMs = (tempo: Omit<Tempo, keyof typeof together>) => gatherMsOf({ ...together, ...tempo });

test('a report waits a third of a second for others, so that a board is half a second behind at most', () => {
  expect(gatherMs({ ownPartsPerS: 0.2, boardPartsPerS: 0.6, freeParts: PLENTY })).toBe(350);
  expect(gatherMs({ ownPartsPerS: 2, boardPartsPerS: 4, freeParts: PLENTY })).toBe(350);
  expect(gatherMs({ ownPartsPerS: 0, boardPartsPerS: 0, freeParts: PLENTY })).toBe(350);
});

test('on a board where more than four parts a second are done, a message gathers seven, within three seconds', () => {
  expect(gatherMs({ ownPartsPerS: 4, boardPartsPerS: 8, freeParts: PLENTY })).toBe(1_500);
  expect(gatherMs({ ownPartsPerS: 40, boardPartsPerS: 80, freeParts: PLENTY })).toBe(350);
  expect(gatherMs({ ownPartsPerS: 0.1, boardPartsPerS: 8, freeParts: PLENTY })).toBe(3_000);
  // A device that has measured nothing has nothing to gather.
  expect(gatherMs({ ownPartsPerS: 0, boardPartsPerS: 8, freeParts: PLENTY })).toBe(350);
});

test('with nothing free, a report leaves as soon as may be, whether or not anything was measured', () => {
  expect(gatherMs({ ownPartsPerS: 0, boardPartsPerS: 0, freeParts: 0 })).toBe(100);
});

test('the others are to hear at once before each has had a part, and in the last five seconds', () => {
  const tempo = { ownPartsPerS: 0.3, boardPartsPerS: 15, freeParts: PLENTY, unknownParts: 0, carriers: 50 };
  expect(isHurried(tempo, 500)).toBe(false);
  expect(isHurried(tempo, 49)).toBe(true);
  expect(isHurried({ ...tempo, freeParts: 74 }, 500)).toBe(true);
  expect(isHurried({ ...tempo, freeParts: 75 }, 500)).toBe(false);
  // Where tickets are few because the owner hashes, they will be few for long.
  expect(isHurried({ ...tempo, freeParts: 0, unknownParts: 1 }, 500)).toBe(false);
});

test('what an owner alone is still to hash is left as well; with helpers it is what they wait for', () => {
  const hashing = { ownPartsPerS: 30, boardPartsPerS: 30, freeParts: 0, unknownParts: 500 };
  expect(gatherMsOf({ ...hashing, carriers: 1 })).toBe(350);
  expect(gatherMsOf({ ...hashing, carriers: 2 })).toBe(100);
  expect(gatherMsOf({ ...hashing, carriers: 1, unknownParts: 0 })).toBe(100);
});

test('the nearer the end, the sooner a report leaves', () => {
  const nearEnd = (freeParts: number) => gatherMs({ ownPartsPerS: 2, boardPartsPerS: 8, freeParts });
  expect(nearEnd(PLENTY)).toBe(3_000);
  expect(nearEnd(40)).toBe(1_500);
  expect(nearEnd(8)).toBe(300);
  expect(nearEnd(0)).toBe(100);
});

test('tickets run out when a place is empty, or would be before an answer could come', () => {
  expect(isRunningOut(0, 1, 0.1)).toBe(true);
  expect(isRunningOut(3, 1, 0.1)).toBe(true);
  expect(isRunningOut(0, 0, 0.5)).toBe(false);
  expect(isRunningOut(0, 0, 4)).toBe(true);
  expect(isRunningOut(1, 0, 4)).toBe(false);
  expect(isRunningOut(1, 0, 8)).toBe(true);
});

test('a line as fast as its hashes does not ask for a few tickets at a time', () => {
  expect(isRunningOut(2, 0, 40)).toBe(true);
  expect(isRunningOut(3, 0, 40)).toBe(false);
});
