import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Fault, type Faulty, faultsOf, withFault } from '../../test/support/faults.ts';
import {
  type Engines,
  openEngines,
  type Scene,
  type SceneOptions,
  setScene,
  smallFile,
} from '../../test/support/finish-scene.ts';
import { FINISH_LEASE_MS, finish } from './finish.ts';

const FILE = smallFile('the whole file');
const BYTES = FILE.parts.get(1) ?? Buffer.alloc(0);
const WHOLE: SceneOptions = { ...FILE, stored: [1], done: [1] };
/** Reported done, and the store does not have it. */
const LACKING: SceneOptions = { ...FILE, stored: [], done: [1] };
const DEVICES = ['laptop', 'phone'] as const;
/** Every fault is a scene on real engines. */
const PLAYS = { timeout: 60_000 };
/** Scenes that are played at once. */
const AT_ONCE = 4;

let engines: Engines;
beforeAll(async () => {
  engines = await openEngines();
});
afterAll(() => engines.close());

// What a finisher calls, in order. Whoever changes the finish sees here which deaths there are now.
const FINISHING = ['uploads.meta', 'uploads.beginFinish', 'members.members', 'sockets.post', 'sockets.post'];
const TELLING = ['members.members', 'sockets.post', 'sockets.post'];

describe('a finisher of a whole upload', () => {
  const STEPS = [
    ...FINISHING,
    'manifests.loadAll',
    'bucket.listParts',
    'bucket.complete',
    'uploads.endFinish',
    ...TELLING,
  ];

  test('takes these steps', async () => {
    const scene = await setScene(engines, WHOLE);
    const { ports, steps } = withFault(scene.ports);
    await finish(ports, scene.meta.upload);
    expect(steps).toEqual(STEPS);
    await expectFinishedOnce(scene, 'nobody died', 'told');
  });

  test(
    'may die before or after any of them: another one goes on, and one object is finished once',
    PLAYS,
    async () => {
      await play(WHOLE, faultsOf('dies', STEPS.length), async (scene, fault, label) => {
        expect(await nextLook(scene), label).toBeLessThanOrEqual(1);
        await expectFinishedOnce(scene, label, isTold(fault) ? 'told' : 'asks');
      });
    },
  );

  test(
    'may meet a mishap before or after any of them: whoever looks next need not wait for its lease',
    PLAYS,
    async () => {
      await play(WHOLE, faultsOf('fails', STEPS.length), async (scene, fault, label) => {
        await lookNow(scene);
        await expectFinishedOnce(scene, label, isTold(fault) ? 'told' : 'asks');
      });
    },
  );

  /** Before the table says finished another finisher tells it; afterwards a device that heard nothing is told when it asks. */
  function isTold({ step, moment }: Fault): boolean {
    const ends = STEPS.indexOf('uploads.endFinish');
    return step < ends || (step === ends && moment === 'before');
  }
});

describe('a finisher that finds a part missing', () => {
  const STEPS = [
    ...FINISHING,
    'manifests.loadAll',
    'bucket.listParts',
    'uploads.renewFinish',
    'uploads.unmarkFull',
    'stripes.load',
    'members.devices',
    'stripes.load',
    'stripes.save',
    ...TELLING,
    'uploads.endFinish',
    ...TELLING,
  ];

  test('takes these steps', async () => {
    const scene = await setScene(engines, LACKING);
    const { ports, steps } = withFault(scene.ports);
    await finish(ports, scene.meta.upload);
    expect(steps).toEqual(STEPS);
    await expectReopenedAndFinished(scene, 'nobody died');
  });

  test(
    'may die before or after any of them: every device learns of the free ticket, and it is carried',
    PLAYS,
    async () => {
      await play(LACKING, faultsOf('dies', STEPS.length), async (scene, _, label) => {
        await nextLook(scene);
        await expectReopenedAndFinished(scene, label);
      });
    },
  );

  test(
    'may meet a mishap before or after any of them, with the same end and without waiting for its lease',
    PLAYS,
    async () => {
      await play(LACKING, faultsOf('fails', STEPS.length), async (scene, _, label) => {
        await lookNow(scene);
        await expectReopenedAndFinished(scene, label);
      });
    },
  );
});

/** One scene for each fault: the finish meets it, and what follows is checked. */
async function play(
  options: SceneOptions,
  faults: readonly Fault[],
  check: (scene: Scene, fault: Fault, label: string) => Promise<void>,
): Promise<void> {
  const left = [...faults];
  const stage = async () => {
    for (let fault = left.shift(); fault; fault = left.shift()) {
      const scene = await setScene(engines, options);
      const faulty = withFault(scene.ports, fault);
      const label = await meet(faulty, scene, fault);
      await check(scene, fault, label);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, stage));
}

async function meet({ ports, steps }: Faulty, scene: Scene, fault: Fault): Promise<string> {
  const end = await finish(ports, scene.meta.upload).then(
    () => 'overcome',
    () => 'thrown',
  );
  const step = steps[fault.step];
  const label = `${fault.what} ${fault.moment} ${step} (step ${fault.step})`;
  // A stripe whose save failed is looked at once more; whoever is dead looks at nothing.
  expect(end, label).toBe(step === 'stripes.save' && fault.what === 'fails' ? 'overcome' : 'thrown');
  return label;
}

/** What a device's question leads to, once the lease of whoever died has run out. Says how many were elected. */
async function nextLook(scene: Scene): Promise<number> {
  scene.clock.advance(FINISH_LEASE_MS);
  return lookNow(scene);
}

async function lookNow(scene: Scene): Promise<number> {
  scene.elections = 0;
  await scene.sync('laptop');
  const { elections } = scene;
  for (let i = 0; i < elections; i++) await finish(scene.ports, scene.meta.upload);
  return elections;
}

async function expectFinishedOnce(scene: Scene, label: string, hears: 'told' | 'asks'): Promise<void> {
  const { upload } = scene.meta;
  const stored = await scene.ports.uploads.state(upload);
  expect(stored?.state, label).toMatchObject({ state: 'finished' });
  expect(await scene.object(), label).toEqual(BYTES);
  expect(scene.completions(), label).toBe(1);
  for (const device of DEVICES) {
    const notices = scene.states(device).filter((state) => state === 'finished');
    if (hears === 'told') expect(notices, label).toHaveLength(1);
    else expect(notices.length, label).toBeLessThanOrEqual(1);
    expect((await scene.sync(device)).state, label).toEqual(stored?.state);
  }
  // Absorbing: nobody is told anything by a finish that comes late.
  const heard = DEVICES.map((device) => scene.told(device).length);
  await finish(scene.ports, upload);
  expect(
    DEVICES.map((device) => scene.told(device).length),
    label,
  ).toEqual(heard);
}

async function expectReopenedAndFinished(scene: Scene, label: string): Promise<void> {
  const { ports, meta } = scene;
  expect(await ports.uploads.state(meta.upload), label).toEqual({
    state: { state: 'open' },
    fullStripes: new Set(),
    devices: 2,
  });
  const stripe = await ports.stripes.load(meta.upload, 0);
  expect(stripe, label).toMatchObject({ known: 1n, done: 0n, leases: [], credits: [] });
  // An empty sync answers without stripes: a device that missed this would never know.
  for (const device of DEVICES) expect(scene.replica(device).stripe(0), label).toEqual(stripe);
  expect(scene.completions(), label).toBe(0);

  const { put } = await scene.sync('phone', { want: [1] });
  expect(
    put?.tickets.map(({ part }) => part),
    label,
  ).toEqual([1]);
  await scene.putPart(1, BYTES);
  scene.elections = 0;
  await scene.sync('phone', { done: [1] });
  expect(scene.elections, label).toBe(1);
  await finish(ports, meta.upload);
  await expectFinishedOnce(scene, label, 'told');
}
