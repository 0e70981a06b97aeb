import { expect, test } from 'vitest';
import { makeVirtualClock } from '../engine/testing/virtual-clock.ts';
import { makeSteps } from './steps.ts';

function stepsFrom(start: number, isStill = false) {
  const clock = makeVirtualClock();
  const shown: number[] = [];
  const show = (share: number) => shown.push(Math.round(share * 10_000) / 10_000);
  const goTo = makeSteps(start, clock.after, show, () => isStill);
  return { clock, shown, goTo };
}

test('a bar goes where it is to be in three steps, and rests there', async () => {
  const { clock, shown, goTo } = stepsFrom(0.1);
  goTo(0.4);
  expect(shown).toEqual([0.2]);
  await clock.pass(160);
  expect(shown).toEqual([0.2, 0.3, 0.4]);
  await clock.pass(60_000);
  expect(shown).toHaveLength(3);
});

test('what nobody would see in steps is one', async () => {
  const { clock, shown, goTo } = stepsFrom(0.5);
  goTo(0.5015);
  await clock.pass(60_000);
  expect(shown).toEqual([0.5015]);
});

test('for whoever wants nothing to move it goes there at once', async () => {
  const { clock, shown, goTo } = stepsFrom(0, true);
  goTo(0.3);
  await clock.pass(60_000);
  expect(shown).toEqual([0.3]);
});

test('a new aim on the way takes the place of the one before', async () => {
  const { clock, shown, goTo } = stepsFrom(0);
  const stop = goTo(0.3);
  await clock.pass(80);
  stop();
  goTo(0.5);
  await clock.pass(60_000);
  expect(shown).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
});

test('nothing is shown once its way was ended', async () => {
  const { clock, shown, goTo } = stepsFrom(0);
  goTo(0.3)();
  await clock.pass(60_000);
  expect(shown).toEqual([0.1]);
});
