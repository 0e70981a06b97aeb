import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_BITS } from '../protocol/board/bits.ts';
import type { SyncCommand } from '../protocol/board/decide.ts';
import { openEmbeddedTable, type TableAddress } from '../test/support/embedded-table.ts';
import { applyToStripe } from './apply-to-stripe.ts';
import type { Stripes } from './ports.ts';
import { makeStripes } from './table/stripes.ts';
import { makeTable } from './table/table.ts';

let address: TableAddress;
let stripes: Stripes;
let uploads = 0;

beforeAll(async () => {
  address = await openEmbeddedTable();
  stripes = makeStripes(makeTable(address.tableName, address.region, address.endpoint));
});
afterAll(() => address.close());

const newUpload = () => `upload ${++uploads}`;

/** Time stands at 0 and waiting takes none of it; `waits` are what was waited for. */
function portsWith(changes: Partial<Stripes> = {}) {
  const waits: number[] = [];
  const clock = { nowMs: () => 0, sleep: async (ms: number) => void waits.push(ms) };
  return { stripes: { ...stripes, ...changes }, clock, random: () => 1, waits };
}

const command = (device: number, changes: Partial<SyncCommand>): SyncCommand => ({
  kind: 'sync',
  device,
  publish: NO_BITS,
  done: NO_BITS,
  release: NO_BITS,
  claim: NO_BITS,
  hedge: NO_BITS,
  leaseMs: 20_000,
  ...changes,
});

const done = (device: number) => command(device, { done: 1n << BigInt(device) });

test('what devices report into one stripe at once is all kept', async () => {
  const upload = newUpload();
  const devices = [0, 1, 2, 3, 4, 5, 6, 7];
  await Promise.all(devices.map((device) => applyToStripe(portsWith(), upload, 0, done(device))));
  expect(await stripes.load(upload, 0)).toMatchObject({ rev: 8, done: 0xffn });
});

test('of devices that claim one ticket at once one has it, and each is told so', async () => {
  const upload = newUpload();
  await applyToStripe(portsWith(), upload, 0, command(1, { publish: 1n }));
  const claims = [1, 2, 3, 4, 5, 6].map((device) =>
    applyToStripe(portsWith(), upload, 0, command(device, { claim: 1n })),
  );
  const applied = await Promise.all(claims);
  const granted = applied.map((one) => one.granted);
  expect(granted.filter((bits) => bits === 1n)).toHaveLength(1);
  // Who came too late has nothing to tell: two hundred devices at one ticket would tell two hundred each.
  expect(applied.map((one) => one.changed)).toEqual(granted.map((bits) => bits === 1n));
  const holder = granted.indexOf(1n) + 1;
  expect((await stripes.load(upload, 0)).leases).toEqual([{ device: holder, parts: 1n, untilMs: 20_000 }]);
});

test('a stripe that was read before somebody else changed it costs one more try and nothing else', async () => {
  const upload = newUpload();
  const before = await stripes.load(upload, 0);
  await applyToStripe(portsWith(), upload, 0, done(1));
  const late = portsWith();
  const applied = await applyToStripe(late, upload, 0, done(2), before);
  expect(applied).toMatchObject({ changed: true, stripe: { rev: 2, done: 0b110n } });
  expect(late.waits).toEqual([5]);
});

test('a command that changes nothing is not written, and nobody need be told', async () => {
  const upload = newUpload();
  await applyToStripe(portsWith(), upload, 0, done(1));
  const save = () => Promise.reject(new Error('expected no write'));
  const applied = await applyToStripe(portsWith({ save }), upload, 0, done(1));
  expect(applied).toMatchObject({ changed: false, stripe: { rev: 1 } });
});

test('a change whose acknowledgement was lost is one that the others are still to be told of', async () => {
  const upload = newUpload();
  await applyToStripe(portsWith(), upload, 0, command(1, { publish: 1n }));
  const save: Stripes['save'] = async (...args) => {
    await stripes.save(...args);
    return false;
  };
  const claim = command(2, { claim: 1n, done: 2n });
  const applied = await applyToStripe(portsWith({ save }), upload, 0, claim);
  expect(applied).toMatchObject({ changed: true, granted: 1n, stripe: { rev: 2, done: 2n } });
  expect(await stripes.load(upload, 0)).toEqual(applied.stripe);
});

test('[S5] whoever is outrun eight times is told to come again, after waits that grow, and has changed nothing', async () => {
  const upload = newUpload();
  let rival = 8;
  const outrun = portsWith({
    async save(...args) {
      await applyToStripe(portsWith(), upload, 0, done(rival++));
      return stripes.save(...args);
    },
  });
  await expect(applyToStripe(outrun, upload, 0, done(1))).rejects.toMatchObject({
    error: { kind: 'busy', minBackoffMs: 200 },
  });
  expect(outrun.waits).toEqual([5, 10, 20, 40, 80, 160, 200, 200]);
  expect(await stripes.load(upload, 0)).toMatchObject({ rev: 8, done: 0xff00n });
});
