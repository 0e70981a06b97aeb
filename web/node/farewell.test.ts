import { expect, test } from 'vitest';
import { MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import { deviceOn } from '../engine/testing/device.ts';
import { makeRulesServer, SECRETS } from '../engine/testing/rules-server.ts';
import { makeVirtualClock } from '../engine/testing/virtual-clock.ts';
import { makeVirtualFile } from '../engine/testing/virtual-file.ts';
import { makeUpload } from '../engine/upload.ts';
import { interruptedWords } from './ending.ts';
import { type Farewell, sayFarewell } from './farewell.ts';

/** A device with a part that is stored and not reported, and others in hand. */
async function atWork() {
  const clock = makeVirtualClock();
  const server = makeRulesServer(clock);
  const file = makeVirtualFile(clock, { sizeBytes: 20 * MIN_PART_BYTES });
  const engine = deviceOn(clock, server, 'laptop');
  const info = { name: file.name, sizeBytes: file.sizeBytes, type: '' };
  const upload = makeUpload(engine, { kind: 'create', file: info, secrets: SECRETS }, file);
  const isReported = () => server.syncs().some(({ done }) => done.length > 0);
  while (file.sentOf(1) < MIN_PART_BYTES) await clock.pass(1);
  expect(isReported()).toBe(false);
  const leave = async () => {
    let farewell: Farewell | undefined;
    void sayFarewell(upload, engine.connection, clock).then((how) => {
      farewell = how;
    });
    const tookMs = await clock.passUntil(() => farewell !== undefined, 10_000);
    if (!farewell) throw new Error('expected it to have left');
    return { ...farewell, tookMs };
  };
  const held = () => server.stripe(0).leases.filter(({ parts }) => parts !== 0n);
  return { server, engine, leave, held };
}

test('the last moment shows what was reported last, and the tickets are free', async () => {
  const { leave, held } = await atWork();
  const { moment, isTold, tookMs } = await leave();
  expect(moment.view).toMatchObject({ doneParts: 1, carrier: { state: 'carrying' } });
  expect(held()).toEqual([]);
  expect(isTold).toBe(true);
  expect(tookMs).toBeLessThan(200);
});

test('a server that is away is told nothing, and nobody is told that it was', async () => {
  const { server, leave, held } = await atWork();
  server.cut();
  const { isTold, leaseLeftMs } = await leave();
  expect(isTold).toBe(false);
  expect(held()).not.toEqual([]);
  expect(leaseLeftMs).toBeGreaterThan(20_000);
  expect(leaseLeftMs).toBeLessThanOrEqual(60_000);
});

test('one that does not answer is not waited for', async () => {
  const { server, leave } = await atWork();
  server.mishap = () => 'unheard';
  expect(await leave()).toMatchObject({ isTold: false, tookMs: 3_000 });
});

test('the words say what has become of the tickets', () => {
  expect(interruptedWords({ isTold: true, leaseLeftMs: 60_000 })).toContain('were given back');
  const untold = interruptedWords({ isTold: false, leaseLeftMs: 60_000 });
  expect(untold).toMatch(/could not be told: others take over .* within 1 min/);
  expect(untold).not.toContain('given back');
  expect(interruptedWords({ isTold: false, leaseLeftMs: 0 })).not.toContain('tickets');
});
