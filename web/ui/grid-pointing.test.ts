import { expect, test } from 'vitest';
import { makePointing } from './grid-pointing.ts';

test('a mouse means the part that it is over, pressed or not, and none once it is gone', () => {
  const { move, press, leave } = makePointing();
  expect(move(3, 'mouse')).toBe(3);
  expect(press(3, 'mouse')).toBe(3);
  expect(move(undefined, 'mouse')).toBeUndefined();
  move(4, 'mouse');
  expect(leave('mouse')).toBeUndefined();
});

test('a tapped part stays meant when the finger is lifted, and is let go by another tap', () => {
  const { move, press, leave } = makePointing();
  expect(press(3, 'touch')).toBe(3);
  expect(leave('touch')).toBe(3);
  expect(press(3, 'touch')).toBeUndefined();
  // The finger that lets it go trembles.
  expect(move(3, 'touch')).toBeUndefined();
  expect(leave('touch')).toBeUndefined();
  expect(press(3, 'touch')).toBe(3);
  expect(press(7, 'touch')).toBe(7);
});

test('a finger that is drawn over the grid means each part on its way', () => {
  const { move, press } = makePointing();
  press(3, 'touch');
  press(3, 'touch');
  expect(move(4, 'touch')).toBe(4);
  expect(move(3, 'touch')).toBe(3);
});
