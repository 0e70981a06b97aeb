import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyStripe, MAX_CREDITS, MAX_LEASES, type Stripe } from '../../protocol/board/stripe.ts';
import { openEmbeddedTable, type TableAddress } from '../../test/support/embedded-table.ts';
import { makeMemoryTable } from '../../test/support/memory-table.ts';
import { metaOf, newShares, range, type Store, sha256Of, storeOn } from '../table/contract/tools.contract.ts';
import { makeTable } from '../table/table.ts';
import { type Meter, makeMeter } from './meter.ts';
import { type Usage, usageSince } from './usage.ts';

let address: TableAddress;
beforeAll(async () => {
  address = await openEmbeddedTable();
});
afterAll(() => address.close());

const META = metaOf({ upload: 'AAAAAAAAAAAAAAAAAAAAAA', name: 'Holiday 1.mov' });
const { upload } = META;
const ALL = 0xffff_ffff_ffff_ffffn;

/** A stripe with as many leases and credits as it may have. */
const fullStripe = (rev: number): Stripe => ({
  ...emptyStripe(156),
  rev,
  known: ALL,
  done: ALL >> 1n,
  credits: range(MAX_CREDITS).map((device) => ({ device: device * 17, parts: 1n << BigInt(device) })),
  leases: range(MAX_LEASES, 1).map((device) => ({
    device: device * 10,
    parts: 1n << BigInt(device),
    untilMs: 1_790_000_000_000 + device,
  })),
});

const hashes = (first: number, count: number) =>
  range(count, first).map((part) => ({ part, sha256: sha256Of(`part ${part}`) }));

const member = (n: number) => ({
  upload,
  connection: `connection${String(n).padStart(4, '0')}=`,
  device: n,
  deviceId: `device ${n}`,
  name: `Phone of guest ${n}`,
  role: 'helper' as const,
  proven: true,
  challenge: [],
});

/** What the board does to its table, in an order in which each finds what it needs. */
const OPERATIONS: ReadonlyArray<readonly [name: string, run: (store: Store) => Promise<unknown>]> = [
  ['an upload is created', ({ uploads }) => uploads.create(META, newShares())],
  [
    'its create is repeated',
    ({ uploads }) => uploads.create({ ...META, s3UploadId: 'another' }, newShares()),
  ],
  ['META is read', ({ uploads }) => uploads.meta(upload)],
  ['STATE is read', ({ uploads }) => uploads.state(upload)],
  ['a share that is not there is read', ({ shares }) => shares.find('nobody')],
  [
    'a caller is greeted',
    ({ members }) => members.greet({ connection: 'c1', deviceId: 'd1', name: 'Laptop' }),
  ],
  ['the caller is read', ({ members }) => members.caller('c1')],
  ['a device is enrolled', ({ members }) => members.enrol(upload, 'd1', { name: 'Laptop', role: 'owner' })],
  [
    'a device comes again by another name',
    ({ members }) => members.enrol(upload, 'd1', { name: 'My laptop', role: 'owner' }),
  ],
  [
    'forty members are admitted',
    ({ members }) => Promise.all(range(40, 1).map((n) => members.admit(member(n)))),
  ],
  ['a member is read', ({ members }) => members.member(upload, member(7).connection)],
  ['all members are read', ({ members }) => members.members(upload)],
  ['all devices are read', ({ members }) => members.devices(upload)],
  ['two hashes are published', ({ manifests }) => manifests.publish(upload, 0, hashes(1, 2))],
  ['a stripe of hashes is published', ({ manifests }) => manifests.publish(upload, 0, hashes(1, 64))],
  [
    'the last stripe of hashes is published',
    ({ manifests }) => manifests.publish(upload, 156, hashes(9_985, 16)),
  ],
  ['hashes of a stripe are read', ({ manifests }) => manifests.load(upload, 0)],
  ['all hashes are read', ({ manifests }) => manifests.loadAll(upload)],
  ['a stripe that is not there is read', ({ stripes }) => stripes.load(upload, 3)],
  ['a stripe is begun', ({ stripes }) => stripes.save(upload, { ...emptyStripe(0), rev: 1, known: 3n })],
  ['the largest stripe is saved', ({ stripes }) => stripes.save(upload, fullStripe(1))],
  ['the largest stripe is saved again', ({ stripes }) => stripes.save(upload, fullStripe(2))],
  ['a save comes too late', ({ stripes }) => stripes.save(upload, fullStripe(2))],
  ['a stripe is read', ({ stripes }) => stripes.load(upload, 156)],
  ['all stripes are read', ({ stripes }) => stripes.loadAll(upload)],
  [
    'a change is noted, by the first and by another',
    ({ stripes }) =>
      Promise.all(
        [1, 2].map((device) =>
          stripes.defer(
            upload,
            { stripes: [device, 150], device, rateBps: 2_500_000 },
            { token: `token ${device}`, untilMs: 100, nowMs: 0 },
          ),
        ),
      ),
  ],
  ['what is untold is read', ({ stripes }) => stripes.untold(upload, 'token 1')],
  ['it was told', ({ stripes }) => stripes.told(upload, 'token 1', { stripes: [], rates: [], n: 2 })],
  ['157 stripes are full', ({ uploads }) => uploads.markFull(upload, range(157))],
  ['three are not', ({ uploads }) => uploads.unmarkFull(upload, [1, 2, 156])],
  ['a finish begins', ({ uploads }) => uploads.beginFinish(upload, 'token', 200, 100)],
  ['another comes too late', ({ uploads }) => uploads.beginFinish(upload, 'other', 200, 100)],
  ['it is renewed', ({ uploads }) => uploads.renewFinish(upload, 'token', 300)],
  [
    'it ends',
    ({ uploads }) =>
      uploads.endFinish(upload, 'token', { state: 'finished', finishedAtMs: 250, sha256: 'x' }),
  ],
  ['an abort comes too late', ({ uploads }) => uploads.abort(upload, 400)],
  ['a member is dismissed', ({ members }) => members.dismiss(upload, member(7).connection)],
  ['a connection is forgotten', ({ members }) => members.forget(member(8).connection)],
];

async function unitsOf(store: Store, meter: Meter): Promise<Array<[string, Partial<Usage>]>> {
  const units: Array<[string, Partial<Usage>]> = [];
  for (const [name, run] of OPERATIONS) {
    const before = meter.usage();
    await run(store);
    const { readUnits, writeUnits } = usageSince(before, meter.usage());
    units.push([name, { readUnits, writeUnits }]);
  }
  return units;
}

test('the units computed from item sizes are those that a table reports, for everything that the board does', async () => {
  const [reported, computed] = [makeMeter(), makeMeter()];
  const real = makeTable(address.tableName, address.region, address.endpoint, reported);
  const computedUnits = await unitsOf(storeOn(makeMemoryTable(computed)), computed);
  expect(computedUnits).toEqual(await unitsOf(storeOn(real), reported));
});

test('the largest stripe and the fullest STATE cost one write unit, whether their condition holds or not', async () => {
  const meter = makeMeter();
  const units = new Map(await unitsOf(storeOn(makeMemoryTable(meter)), meter));
  for (const name of [
    'the largest stripe is saved again',
    'a save comes too late',
    '157 stripes are full',
    'it ends',
  ]) {
    expect([name, units.get(name)]).toEqual([name, { readUnits: 0, writeUnits: 1 }]);
  }
});
