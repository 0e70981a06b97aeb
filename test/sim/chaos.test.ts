import { expect, test } from 'vitest';
import { chaosOf, mortalOf, worldOf } from './chaos.ts';
import { runWorld } from './world.ts';

/** As many as an ordinary run has time for; `npm run sim -- --chaos 5000` has more. */
const WORLDS = 25;

test('whatever goes wrong, the invariants hold, the object is right, and the upload ends', async () => {
  for (let seed = 1; seed <= WORLDS; seed++) {
    const { violations } = await runWorld(worldOf(seed));
    expect({ seed, violations }).toEqual({ seed, violations: [] });
  }
});

/** Worlds in which a change that was stored was never told, before [R3] and [R4]. */
test.for([32, 41, 54, 76, 136])(
  'seed %i of those in which functions die: every device has the board as it is stored',
  async (seed) => {
    const { violations, deaths } = await runWorld(mortalOf(seed));
    expect(violations).toEqual([]);
    expect(deaths).toBeGreaterThan(0);
  },
);

/** Worlds that went wrong once, and why. */
test.for([
  [
    64,
    'an offer that arrived twice was answered by two choices of parts, and the right file was taken for another',
  ],
  [130, 'the same, for a helper'],
  [146, 'the same, with four devices'],
  [246, 'a hello that arrived twice was refused, and its device never came back'],
  [563, 'a snapshot from before the finish undid it, and its device was told of two'],
  [455, 'the same, for the only device that there was'],
] as const)('seed %i: %s', async ([seed]) => {
  expect((await runWorld(chaosOf(seed))).violations).toEqual([]);
});
