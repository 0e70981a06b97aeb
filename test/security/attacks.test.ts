import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { helperAttacks } from './helpers.attacks.ts';
import { inputAttacks } from './input.attacks.ts';
import { linkAttacks } from './links.attacks.ts';
import { roleAttacks } from './roles.attacks.ts';
import { type Scene, setScene } from './scene.ts';
import { tokenAttacks } from './tokens.attacks.ts';
import { WORLDS, type World } from './world.ts';

// Every attack twice: over real sockets against what `npm start` runs, and against the Lambdas with AWS's own events.
describe.each(WORLDS)('attacks on %s', (_name, open) => {
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    scene = await setScene(world);
  });

  linkAttacks(() => scene);
  roleAttacks(() => scene);
  inputAttacks(() => scene);
  tokenAttacks(() => scene);
  // Last, for these let hours go by.
  helperAttacks(() => scene);
});
