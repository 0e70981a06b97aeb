import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { linkAttacks } from './links.attacks.ts';
import { type Scene, setScene } from './scene.ts';
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
});
