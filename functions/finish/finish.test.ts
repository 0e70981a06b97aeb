import { randomBytes } from 'node:crypto';
import { AbortMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import { encode } from '../../protocol/codec.ts';
import { MAX_FRAME_BYTES } from '../../protocol/limits.ts';
import { sha256 } from '../../test/support/client.ts';
import { holdAt } from '../../test/support/faults.ts';
import {
  type Engines,
  openEngines,
  type Scene,
  type SceneOptions,
  setScene,
  smallFile,
} from '../../test/support/finish-scene.ts';
import type { Completion, Ports } from '../ports.ts';
import { FINISH_LEASE_MS, finish } from './finish.ts';

const DEVICES = ['laptop', 'phone'] as const;
const SMALL = smallFile('a file of one part');
const WHOLE: SceneOptions = { ...SMALL, stored: [1], done: [1] };
const LACKING: SceneOptions = { ...SMALL, stored: [], done: [1] };
const SMALL_BYTES = SMALL.parts.get(1) ?? Buffer.alloc(0);

/** A part of 5 MiB and a smaller one. */
const FIRST = randomBytes(MIN_PART_BYTES);
const SECOND = randomBytes(1_000);
const TWO_PARTS: SceneOptions = {
  sizeBytes: FIRST.length + SECOND.length,
  parts: new Map([
    [1, FIRST],
    [2, SECOND],
  ]),
  stored: [1, 2],
  done: [1, 2],
};

let engines: Engines;
beforeAll(async () => {
  engines = await openEngines();
});
afterAll(() => engines.close());

const finishBy = (ports: Ports, { meta }: Scene) => finish(ports, meta.upload);
/** Byte by byte, without the matcher's own walk through megabytes. */
const expectObject = async (scene: Scene, bytes: Buffer) =>
  expect((await scene.object())?.equals(bytes), 'the object is the file').toBe(true);
const stateOf = async ({ ports, meta }: Scene) => (await ports.uploads.state(meta.upload))?.state;

describe('an upload of which the store has every part', () => {
  test('becomes the object, and every device is told that it is being finished and that it is', async () => {
    const scene = await setScene(engines, TWO_PARTS);
    await finishBy(scene.ports, scene);
    await expectObject(scene, Buffer.concat([FIRST, SECOND]));
    const head = await scene.ports.bucket.head(scene.meta.key);
    const finished = { state: 'finished', finishedAtMs: 0, sha256: head?.sha256 };
    expect(await stateOf(scene)).toEqual(finished);
    const { upload } = scene.meta;
    for (const device of DEVICES) {
      expect(scene.told(device)).toEqual([
        { type: 'state', upload, state: { state: 'finishing', untilMs: FINISH_LEASE_MS } },
        { type: 'state', upload, state: finished },
      ]);
    }
  });

  test('[F3] is finished once, however many are asked to at once', async () => {
    for (let round = 0; round < 3; round++) {
      const scene = await setScene(engines, WHOLE);
      await Promise.all(Array.from({ length: 12 }, () => finishBy(scene.ports, scene)));
      await expectObject(scene, SMALL_BYTES);
      expect(scene.completions()).toBe(1);
      for (const device of DEVICES) expect(scene.states(device)).toEqual(['finishing', 'finished']);
    }
  });

  test('is finished without what else somebody put beside its parts', async () => {
    const scene = await setScene(engines, WHOLE);
    await scene.putPart(2, Buffer.from('not of this file'));
    await finishBy(scene.ports, scene);
    await expectObject(scene, SMALL_BYTES);
  });

  test('may be an empty file', async () => {
    const scene = await setScene(engines, { ...smallFile(''), stored: [1], done: [1] });
    await finishBy(scene.ports, scene);
    expect(await scene.object()).toEqual(Buffer.alloc(0));
    expect(scene.states('phone')).toEqual(['finishing', 'finished']);
  });
});

describe('parts that the store does not have as the manifest says', () => {
  test('[D6] a part that was reported and is not there is free again, and only that one', async () => {
    const scene = await setScene(engines, { ...TWO_PARTS, stored: [1] });
    const { ports, meta } = scene;
    await finishBy(ports, scene);
    expect(await ports.uploads.state(meta.upload)).toEqual({
      state: { state: 'open' },
      fullStripes: new Set(),
      devices: 2,
    });
    const stripe = await ports.stripes.load(meta.upload, 0);
    expect(stripe).toMatchObject({ known: 0b11n, done: 0b01n, credits: [{ device: 1, parts: 0b01n }] });
    for (const device of DEVICES) {
      expect(scene.replica(device).stripe(0)).toEqual(stripe);
      expect(scene.states(device)).toEqual(['finishing', 'open']);
    }
    expect(scene.completions()).toBe(0);

    await scene.putPart(2, SECOND);
    await scene.sync('phone', { done: [2] });
    expect(scene.elections).toBe(1);
    await finishBy(ports, scene);
    await expectObject(scene, Buffer.concat([FIRST, SECOND]));
  });

  test.for([
    ['other bytes', randomBytes(SECOND.length)],
    ['another length', SECOND.subarray(1)],
  ] as const)(
    '[F2] a part with %s is as good as missing, and the right one takes its place',
    async ([, wrong]) => {
      const scene = await setScene(engines, { ...TWO_PARTS, stored: [1] });
      await scene.putPart(2, wrong);
      await finishBy(scene.ports, scene);
      expect(scene.replica('phone').isDone(1)).toBe(true);
      expect(scene.replica('phone').isDone(2)).toBe(false);
      await scene.putPart(2, SECOND);
      await scene.sync('phone', { done: [2] });
      await finishBy(scene.ports, scene);
      await expectObject(scene, Buffer.concat([FIRST, SECOND]));
    },
  );

  test('[F6] a part that changes between listing and completing is found by listing again', async () => {
    const scene = await setScene(engines, WHOLE);
    const held = holdAt(scene.ports, 'bucket', 'complete', 'before');
    const finishing = finishBy(held.ports, scene);
    await held.reached;
    await scene.putPart(1, randomBytes(SMALL_BYTES.length));
    held.letGo();
    await finishing;
    expect(scene.completions()).toBe(0);
    expect(await stateOf(scene)).toEqual({ state: 'open' });
    expect(scene.replica('laptop').isDone(1)).toBe(false);
  });

  test('[F6] parts that the store calls invalid are listed again, three times and no more', async () => {
    for (const [refusals, end] of [
      [2, 'finished'],
      [3, 'finishing'],
    ] as const) {
      const scene = await setScene(engines, WHOLE);
      const refused = refusing(scene.ports, refusals);
      const finishing = finishBy(refused, scene);
      if (end === 'finished') await finishing;
      else await expect(finishing).rejects.toThrow('parts kept changing');
      expect((await stateOf(scene))?.state).toBe(end);
      await finishBy(scene.ports, scene);
      expect((await stateOf(scene))?.state).toBe('finished');
      await expectObject(scene, SMALL_BYTES);
    }
  });

  test('a board of 2,500 parts of which the store has none is put back whole, in frames that fit', async () => {
    const parts = Array.from({ length: 2_500 }, (_, i) => i + 1);
    const sizeBytes = parts.length * MIN_PART_BYTES;
    const scene = await setScene(engines, { sizeBytes, parts: new Map(), stored: [], done: parts });
    expect(scene.replica('phone').isFull()).toBe(true);
    await finishBy(scene.ports, scene);
    expect(scene.replica('phone').doneParts()).toBe(0);
    expect(await scene.ports.uploads.state(scene.meta.upload)).toEqual({
      state: { state: 'open' },
      fullStripes: new Set(),
      devices: 2,
    });
    for (const message of scene.told('phone')) {
      expect(Buffer.byteLength(encode(message))).toBeLessThanOrEqual(MAX_FRAME_BYTES);
    }
  });
});

describe('an S3 upload that is no more', () => {
  const vanish = ({ meta }: Scene) => engines.bucket.abort(meta.key, meta.s3UploadId);

  test('[F5] is finished if its object is there: somebody completed it and could not say so', async () => {
    const scene = await setScene(engines, WHOLE);
    const listed = await scene.ports.bucket.listParts(scene.meta);
    if (listed.state !== 'listed') throw new Error('expected a list of parts');
    const completion = await scene.ports.bucket.complete(scene.meta, listed.parts);
    await finishBy(scene.ports, scene);
    expect(await stateOf(scene)).toMatchObject({ ...completion, state: 'finished' });
    expect(scene.completions()).toBe(1);
  });

  test('[F5] is the end of the upload if there is no object: every device is told', async () => {
    const scene = await setScene(engines, WHOLE);
    await vanish(scene);
    await finishBy(scene.ports, scene);
    expect(await stateOf(scene)).toEqual({ state: 'aborted', abortedAtMs: 0 });
    for (const device of DEVICES) expect(scene.states(device)).toEqual(['finishing', 'aborted']);
  });

  test('[F5] is not finished by an object of another size', async () => {
    const scene = await setScene(engines, WHOLE);
    await vanish(scene);
    const other = Buffer.from('another file');
    const s3UploadId = await engines.bucket.create(scene.meta.key, '');
    const address = { Bucket: 'tributary', Key: scene.meta.key, UploadId: s3UploadId, PartNumber: 1 };
    await engines.s3.send(new UploadPartCommand({ ...address, Body: other, ChecksumSHA256: sha256(other) }));
    const meta = { ...scene.meta, s3UploadId, sizeBytes: other.length };
    const listed = await engines.bucket.listParts(meta);
    await engines.bucket.complete(meta, listed.state === 'listed' ? listed.parts : []);
    await expectObject(scene, other);
    await finishBy(scene.ports, scene);
    expect(await stateOf(scene)).toMatchObject({ state: 'aborted' });
  });

  test('vanishing between listing and completing is noticed', async () => {
    const scene = await setScene(engines, WHOLE);
    const held = holdAt(scene.ports, 'bucket', 'complete', 'before');
    const finishing = finishBy(held.ports, scene);
    await held.reached;
    await engines.s3.send(
      new AbortMultipartUploadCommand({
        Bucket: 'tributary',
        Key: scene.meta.key,
        UploadId: scene.meta.s3UploadId,
      }),
    );
    held.letGo();
    await finishing;
    expect(await stateOf(scene)).toMatchObject({ state: 'aborted' });
  });
});

describe('a finisher whose lease matters', () => {
  test('[F3] renews it for as long as it works, so that nobody else takes over', async () => {
    const scene = await setScene(engines, WHOLE);
    const held = holdAt(scene.ports, 'bucket', 'complete', 'before');
    const renewals = counted(held.ports);
    const finishing = finishBy(renewals.ports, scene);
    await held.reached;
    for (let renewal = 1; renewal <= 9; renewal++) {
      scene.clock.advance(5_000);
      await renewals.atLeast(renewal);
    }
    expect(scene.clock.nowMs()).toBeGreaterThan(2 * FINISH_LEASE_MS);
    await finishBy(scene.ports, scene);
    expect(scene.completions()).toBe(0);
    held.letGo();
    await finishing;
    for (const device of DEVICES) expect(scene.states(device)).toEqual(['finishing', 'finished']);
  });

  test('[F3] and slept through it after listing finds the upload finished by another, and tells nobody again', async () => {
    const scene = await setScene(engines, WHOLE);
    const held = holdAt(asleep(scene.ports), 'bucket', 'listParts', 'after');
    const sleeper = finishBy(held.ports, scene);
    await held.reached;
    scene.clock.advance(FINISH_LEASE_MS);
    await finishBy(scene.ports, scene);
    const finished = await stateOf(scene);
    scene.clock.advance(1);
    held.letGo();
    await sleeper;
    expect(await stateOf(scene)).toEqual(finished);
    await expectObject(scene, SMALL_BYTES);
    for (const device of DEVICES)
      expect(scene.states(device)).toEqual(['finishing', 'finishing', 'finished']);
  });

  test('[F4] and slept through it after finding a part missing puts nothing back that was carried since', async () => {
    const scene = await setScene(engines, LACKING);
    const { ports, meta } = scene;
    const held = holdAt(asleep(ports), 'bucket', 'listParts', 'after');
    const sleeper = finishBy(held.ports, scene);
    await held.reached;
    scene.clock.advance(FINISH_LEASE_MS);
    await finishBy(ports, scene);
    await scene.putPart(1, SMALL_BYTES);
    await scene.sync('phone', { done: [1] });
    const before = await ports.stripes.load(meta.upload, 0);
    const heard = scene.told('laptop').length;
    held.letGo();
    await sleeper;
    expect(await ports.stripes.load(meta.upload, 0)).toEqual(before);
    expect(await ports.uploads.state(meta.upload)).toEqual({
      state: { state: 'open' },
      fullStripes: new Set([0]),
      devices: 2,
    });
    expect(scene.told('laptop')).toHaveLength(heard);
    await finishBy(ports, scene);
    await expectObject(scene, SMALL_BYTES);
  });

  test('has nothing to say once the owner has ended the upload', async () => {
    for (const step of ['listParts', 'complete'] as const) {
      const scene = await setScene(engines, WHOLE);
      const held = holdAt(scene.ports, 'bucket', step, 'before');
      const finishing = finishBy(held.ports, scene);
      await held.reached;
      expect(await scene.ports.uploads.abort(scene.meta.upload, 7)).toBe(true);
      await engines.bucket.abort(scene.meta.key, scene.meta.s3UploadId);
      held.letGo();
      await finishing;
      expect(await stateOf(scene)).toEqual({ state: 'aborted', abortedAtMs: 7 });
      for (const device of DEVICES) expect(scene.states(device)).toEqual(['finishing']);
      expect(await scene.object()).toBeUndefined();
    }
  });
});

test('an upload that is not there is nothing to finish', async () => {
  const { ports } = await setScene(engines, WHOLE);
  await expect(finish(ports, 'no such upload')).rejects.toThrow('upload no such upload has no META');
  expect(await ports.uploads.state('no such upload')).toBeUndefined();
});

/** The store says InvalidPart so many times. */
function refusing(ports: Ports, times: number): Ports {
  let left = times;
  const complete: Ports['bucket']['complete'] = async (...args): Promise<Completion> =>
    left-- > 0 ? { state: 'invalid-part' } : ports.bucket.complete(...args);
  return { ...ports, bucket: { ...ports.bucket, complete } };
}

/** A process for which no time passes: it wakes for nothing, and renews nothing. */
function asleep(ports: Ports): Ports {
  return { ...ports, clock: { ...ports.clock, sleep: () => new Promise(() => {}) } };
}

function counted(ports: Ports): { ports: Ports; atLeast(renewals: number): Promise<void> } {
  let count = 0;
  let changed = () => {};
  const renewFinish: Ports['uploads']['renewFinish'] = async (...args) => {
    const isRenewed = await ports.uploads.renewFinish(...args);
    count++;
    changed();
    return isRenewed;
  };
  return {
    ports: { ...ports, uploads: { ...ports.uploads, renewFinish } },
    async atLeast(renewals) {
      while (count < renewals) {
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
    },
  };
}
