import { expect, test } from 'vitest';
import { gatherMs, isHurried, isRunningOut } from './sync-window.ts';

const PLENTY = 1_000;
/** Two devices in the middle of an upload. */
const MIDDLE = { doneParts: 500, unknownParts: 0, carriers: 2 };

test('a report waits a third of a second for others, so that a board is half a second behind at most', () => {
  expect(gatherMs({ ...MIDDLE, ownPartsPerS: 0.2, boardPartsPerS: 0.6, freeParts: PLENTY })).toBe(350);
  expect(gatherMs({ ...MIDDLE, ownPartsPerS: 2, boardPartsPerS: 4, freeParts: PLENTY })).toBe(350);
  expect(gatherMs({ ...MIDDLE, ownPartsPerS: 0, boardPartsPerS: 0, freeParts: PLENTY })).toBe(350);
});

test('on a board where more than four parts a second are done, a message gathers eight, within three seconds', () => {
  expect(gatherMs({ ...MIDDLE, ownPartsPerS: 4, boardPartsPerS: 8, freeParts: PLENTY })).toBe(1_750);
  expect(gatherMs({ ...MIDDLE, ownPartsPerS: 40, boardPartsPerS: 80, freeParts: PLENTY })).toBe(350);
  expect(gatherMs({ ...MIDDLE, ownPartsPerS: 0.1, boardPartsPerS: 8, freeParts: PLENTY })).toBe(3_000);
  // A device that has measured nothing has nothing to gather.
  expect(gatherMs({ ...MIDDLE, ownPartsPerS: 0, boardPartsPerS: 8, freeParts: PLENTY })).toBe(350);
});

test('with nothing free, a report leaves as soon as may be, whether or not anything was measured', () => {
  expect(gatherMs({ ...MIDDLE, ownPartsPerS: 0, boardPartsPerS: 0, freeParts: 0 })).toBe(100);
});

test('the others are to hear at once before each has had a part, and in the last five seconds', () => {
  const tempo = { ...MIDDLE, carriers: 50, ownPartsPerS: 0.3, boardPartsPerS: 15, freeParts: PLENTY };
  expect(isHurried(tempo)).toBe(false);
  expect(isHurried({ ...tempo, doneParts: 49 })).toBe(true);
  expect(isHurried({ ...tempo, freeParts: 74 })).toBe(true);
  expect(isHurried({ ...tempo, freeParts: 75 })).toBe(false);
  // Where tickets are few because the owner hashes, they will be few for long.
  expect(isHurried({ ...tempo, freeParts: 0, unknownParts: 1 })).toBe(false);
});

test('nobody waits for a device that is alone; with helpers, what is still to be hashed is what they wait for', () => {
  const hashing = { ...MIDDLE, ownPartsPerS: 30, boardPartsPerS: 30, freeParts: 0, unknownParts: 500 };
  expect(gatherMs({ ...hashing, carriers: 1 })).toBe(350);
  expect(gatherMs({ ...hashing, carriers: 2 })).toBe(100);
  expect(gatherMs({ ...hashing, carriers: 1, unknownParts: 0 })).toBe(350);
  expect(gatherMs({ ...hashing, carriers: 2, unknownParts: 0 })).toBe(100);
});

test('a crowd that waits for its first tickets has its hashes as they come', () => {
  const tempo = { ...MIDDLE, ownPartsPerS: 0, boardPartsPerS: 0, freeParts: 3, doneParts: 1 };
  expect(gatherMs({ ...tempo, carriers: 50 })).toBe(100);
  expect(gatherMs({ ...tempo, carriers: 50, doneParts: 50 })).toBe(350);
  expect(gatherMs({ ...tempo, carriers: 6 })).toBe(350);
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
