import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressesIn } from '../../test/support/addresses-in.ts';
import { type Fault, faultsOf, withFault } from '../../test/support/faults.ts';
import {
  type Engines,
  openEngines,
  type Scene,
  type SceneOptions,
  setScene,
  smallFile,
} from '../../test/support/finish-scene.ts';
import { ownPartitions } from '../../test/support/own-partitions.ts';
import { FINISH_LEASE_MS, finish } from '../finish/finish.ts';
import { LETTERS_FOR_MS, TELLING_MS } from '../notify/notify.ts';
import type { Ports } from '../ports.ts';
import { metaKey, ttlOf } from '../table/keys.ts';
import { FINISHING_GRACE_MS, MAKING_MS, NOTICE_DUE_MS } from './look-at.ts';
import { SWEEP_EVERY_MS } from './period.ts';
import { type Swept, sweep } from './sweep.ts';

const FILE = smallFile('the whole file');
const BYTES = FILE.parts.get(1) ?? Buffer.alloc(0);
const UNDER_WAY: SceneOptions = { ...FILE, stored: [], done: [] };
const WHOLE: SceneOptions = { ...FILE, stored: [1], done: [1] };
const BUDGET = { maxUploads: 100, untilMs: Number.POSITIVE_INFINITY };
const AT_ONCE = 4;

let engines: Engines;
beforeAll(async () => {
  engines = await openEngines();
});
afterAll(() => engines.close());

interface Play extends Scene {
  readonly letters: readonly string[];
  table: Engines['table'];
}

async function play(options: SceneOptions): Promise<Play> {
  const table = ownPartitions(engines.table, randomBytes(6).toString('hex'));
  const scene = await setScene({ ...engines, table }, options);
  const letters: string[] = [];
  const mailer: Ports['mailer'] = {
    async send({ subject }) {
      letters.push(subject);
    },
  };
  return Object.assign(scene, { ports: { ...scene.ports, mailer }, letters, table });
}

const run = (scene: Play, ports: Ports = scene.ports): Promise<Swept> => sweep(ports, BUDGET);
const isListed = async (scene: Play) => (await scene.ports.register.live(undefined, 10)).length > 0;
const state = async ({ ports, meta }: Play) => (await ports.uploads.state(meta.upload))?.state.state;
const takesParts = async (scene: Play) => (await scene.ports.bucket.listParts(scene.meta)).state === 'listed';

/** What somebody left behind, and what has to have become of it. */
interface Case {
  name: string;
  options: SceneOptions;
  leave(scene: Play): Promise<void>;
  expects(scene: Play, label: string): Promise<void>;
}

async function expectEnded(scene: Play, label: string): Promise<void> {
  expect(await state(scene), label).toBe('aborted');
  expect(await takesParts(scene), label).toBe(false);
  for (const device of ['laptop', 'phone'] as const) {
    expect(scene.states(device), label).toContain('aborted');
  }
  expect(await isListed(scene), label).toBe(false);
}

const CASES: Case[] = [
  {
    name: 'an upload whose time is over is ended in the table and in S3, and whoever is connected hears of it',
    options: UNDER_WAY,
    async leave({ clock, meta }) {
      clock.advance(meta.expiresAtMs);
    },
    expects: expectEnded,
  },
  {
    name: 'an upload that its owner ended, who died before S3 and the others knew, is ended there too',
    options: UNDER_WAY,
    async leave({ ports, meta }) {
      await ports.uploads.abort(meta.upload, 0);
    },
    expects: expectEnded,
  },
  {
    name: 'an upload whose maker died before it was there leaves nothing in S3',
    options: UNDER_WAY,
    async leave({ table, clock, meta }) {
      await table.delete(metaKey(meta.upload));
      clock.advance(MAKING_MS);
    },
    async expects(scene, label) {
      expect(await takesParts(scene), label).toBe(false);
      expect(await isListed(scene), label).toBe(false);
    },
  },
  {
    name: 'an upload that is complete and of which the user was never told is told of once',
    options: WHOLE,
    async leave({ ports, clock, meta }) {
      await finish(ports, meta.upload);
      clock.advance(NOTICE_DUE_MS);
    },
    async expects(scene, label) {
      expect(await scene.ports.notices.isTold(scene.meta.upload), label).toBe(true);
      expect(scene.letters, label).toContain('Complete: a file.bin');
      expect(await isListed(scene), label).toBe(false);
      expect(await scene.object(), label).toEqual(BYTES);
    },
  },
  {
    name: 'a board whose time is over goes, and the object stays',
    options: WHOLE,
    async leave(scene) {
      const { ports, clock, meta } = scene;
      await finish(ports, meta.upload);
      clock.advance(NOTICE_DUE_MS);
      await run(scene);
      clock.advance(ttlOf(meta.expiresAtMs) * 1_000);
    },
    async expects(scene, label) {
      const { table, meta, ports } = scene;
      expect(await table.query(`U#${meta.upload}`, ''), label).toEqual([]);
      expect(await ports.register.due(Number.MAX_SAFE_INTEGER, 10), label).toEqual([]);
      expect(await scene.object(), label).toEqual(BYTES);
    },
  },
  {
    name: 'a connection that has gone without a word is taken off, and the others hear of it',
    options: UNDER_WAY,
    async leave(scene) {
      const { sockets } = scene.ports;
      scene.ports.sockets = { ...sockets, isThere: async (connection) => connection !== 'phone' };
    },
    async expects(scene, label) {
      const members = await scene.ports.members.members(scene.meta.upload);
      expect(
        members.map(({ connection }) => connection),
        label,
      ).toEqual(['laptop']);
      expect(await isListed(scene), label).toBe(true);
    },
  },
];

describe('the sweep', () => {
  test.each(CASES)('$name', async ({ options, leave, expects }) => {
    const scene = await play(options);
    await leave(scene);
    expect((await run(scene)).failed).toBe(0);
    await expects(scene, '');
    // Absorbing: another run finds nothing to do.
    const heard = scene.told('laptop').length;
    await run(scene);
    expect(scene.told('laptop')).toHaveLength(heard);
    await expects(scene, 'a second time');
  });

  test.each(CASES)(
    'may die before or after any step, and the next goes on: $name',
    {
      timeout: 60_000,
    },
    async ({ options, leave, expects }) => {
      const rehearsal = await play(options);
      await leave(rehearsal);
      const { ports, steps } = withFault(rehearsal.ports);
      await run(rehearsal, ports);
      const faults = faultsOf('dies', steps.length);
      const stage = async () => {
        for (let fault = faults.shift(); fault; fault = faults.shift()) {
          const scene = await play(options);
          await leave(scene);
          const label = await die(scene, fault);
          scene.clock.advance(TELLING_MS);
          expect((await run(scene)).failed, label).toBe(0);
          await run(scene);
          await expects(scene, label);
          // A letter is sent again only where the first one's sender died before it could say so.
          expect(scene.letters.length, label).toBeLessThanOrEqual(
            label.includes('before notices.noteSent') ? 2 : 1,
          );
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, stage));
    },
  );

  test('leaves alone what is under way, and ends nothing that is being finished', async () => {
    const scene = await play(UNDER_WAY);
    expect(await run(scene)).toMatchObject({ alive: 1, ended: 0, elected: 0, isThrough: true });
    const whole = await play(WHOLE);
    const { ports, meta, clock } = whole;
    clock.advance(meta.expiresAtMs);
    await ports.uploads.beginFinish(meta.upload, 'token', clock.nowMs() + FINISH_LEASE_MS, clock.nowMs());
    expect(await run(whole)).toMatchObject({ alive: 1, ended: 0, elected: 0 });
    expect(await state(whole)).toBe('finishing');
  });

  test('elects a finisher where the last one died, even where nobody came to say that the last stripe is full', async () => {
    const died = await play(WHOLE);
    await died.ports.uploads.beginFinish(died.meta.upload, 'token', FINISH_LEASE_MS, 0);
    died.clock.advance(FINISH_LEASE_MS);
    expect(await run(died)).toMatchObject({ elected: 1 });
    expect(died.elections).toBe(1);

    const unsaid = await play(WHOLE);
    await unsaid.ports.uploads.unmarkFull(unsaid.meta.upload, [0]);
    expect(await run(unsaid)).toMatchObject({ elected: 1 });
    expect(unsaid.elections).toBe(1);
    await finish(unsaid.ports, unsaid.meta.upload);
    expect(await state(unsaid)).toBe('finished');
  });

  test('gives up in the end what is whole and cannot be assembled', async () => {
    const scene = await play(WHOLE);
    scene.clock.advance(scene.meta.expiresAtMs + FINISHING_GRACE_MS - 1);
    expect(await run(scene)).toMatchObject({ elected: 1, ended: 0 });
    scene.clock.advance(1);
    expect(await run(scene)).toMatchObject({ elected: 0, ended: 1 });
    await expectEnded(scene, '');
  });

  test('tries a letter that is refused for an hour, tells no device again for that, and leaves the upload then', async () => {
    const scene = await play(WHOLE);
    const log: unknown[] = [];
    const ports: Ports = { ...scene.ports, log: (entry) => log.push(entry) };
    const { meta, clock } = scene;
    await finish(ports, meta.upload);
    let tries = 0;
    const mailer: Ports['mailer'] = {
      async send() {
        tries++;
        throw new Error('ada@example.org is on the suppression list');
      },
    };
    clock.advance(NOTICE_DUE_MS);
    expect(await run(scene, { ...ports, mailer })).toMatchObject({ failed: 1, settled: 0 });
    const heard = scene.told('laptop').length;
    while (await isListed(scene)) {
      clock.advance(SWEEP_EVERY_MS);
      await run(scene, { ...ports, mailer });
      expect(clock.nowMs()).toBeLessThanOrEqual(LETTERS_FOR_MS);
    }
    expect(clock.nowMs()).toBe(LETTERS_FOR_MS);
    expect(tries).toBe(1 + (LETTERS_FOR_MS - NOTICE_DUE_MS) / SWEEP_EVERY_MS);
    expect(scene.told('laptop')).toHaveLength(heard);
    expect(await ports.notices.isTold(meta.upload)).toBe(true);
    const kinds = log.map((entry) => (entry as { kind: string }).kind);
    expect(kinds).toEqual(expect.arrayContaining(['sweep-failed', 'letter-given-up']));
    expect(addressesIn(JSON.stringify(log))).toEqual([]);
  });

  test('takes no more than its budget, and the next one goes on where it stopped', async () => {
    const scene = await play(UNDER_WAY);
    const { register, uploads } = scene.ports;
    for (let i = 0; i < 6; i++) {
      const upload = randomBytes(16).toString('base64url');
      await uploads.create({ ...scene.meta, upload }, []);
    }
    const all = (await register.live(undefined, 100)).map(({ upload }) => upload);
    expect(all).toHaveLength(7);
    const seen: string[] = [];
    const watching: Ports = {
      ...scene.ports,
      uploads: {
        ...uploads,
        meta(upload) {
          seen.push(upload);
          return uploads.meta(upload);
        },
      },
    };
    const budget = { maxUploads: 3, untilMs: Number.POSITIVE_INFINITY };
    expect(await sweep(watching, budget)).toMatchObject({ alive: 3, isThrough: false });
    expect(await sweep(watching, budget)).toMatchObject({ alive: 3, isThrough: false });
    expect(await sweep(watching, budget)).toMatchObject({ alive: 1, isThrough: true });
    expect(seen).toEqual(all);
    expect(await sweep(watching, { ...budget, untilMs: 0 })).toMatchObject({ alive: 0, isThrough: false });
  });

  test('is not held up by an upload that makes trouble', async () => {
    const scene = await play(UNDER_WAY);
    const { uploads } = scene.ports;
    const upload = randomBytes(16).toString('base64url');
    await uploads.create({ ...scene.meta, upload }, []);
    scene.ports.uploads = {
      ...uploads,
      async state(of) {
        if (of === scene.meta.upload) throw new Error('a broken item');
        return uploads.state(of);
      },
    };
    expect(await run(scene)).toMatchObject({ failed: 1, alive: 1, isThrough: true });
  });
});

async function die(scene: Play, fault: Fault): Promise<string> {
  const { ports, steps } = withFault(scene.ports, fault);
  await expect(run(scene, ports)).rejects.toThrow();
  return `${fault.moment} ${steps[fault.step]} (step ${fault.step})`;
}
