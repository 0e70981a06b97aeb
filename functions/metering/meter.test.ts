import { expect, test } from 'vitest';
import type { Bucket } from '../ports.ts';
import { metaOf } from '../table/contract/tools.contract.ts';
import { billFor, s3PutUsd } from './bill.ts';
import { watchHotItems } from './hot-items.ts';
import { makeMeter } from './meter.ts';
import { meteredBucket } from './metered-bucket.ts';
import { NO_USAGE, sumUsage, usageSince } from './usage.ts';

test('a message is billed per started 32 KB, an empty one as one', () => {
  const meter = makeMeter();
  for (const bytes of [0, 1, 32_768, 32_769, 131_072]) meter.frame(bytes);
  expect(meter.usage().socketMessages).toBe(1 + 1 + 1 + 2 + 4);
});

test('a Lambda call is billed per started millisecond of its memory', () => {
  const meter = makeMeter();
  meter.invoked(0, 512);
  meter.invoked(10.2, 1_024);
  expect(meter.usage().lambdaRequests).toBe(2);
  expect(meter.usage().lambdaGbSeconds).toBeCloseTo(0.0005 + 0.011, 10);
});

test('minutes of connections add up', () => {
  const meter = makeMeter();
  meter.connected(90_000);
  meter.connected(30_000);
  expect(meter.usage().connectionMinutes).toBe(2);
});

test("S3's requests go to their classes, a page of a listing each; signing and aborting cost nothing", async () => {
  const meter = makeMeter();
  const part = { part: 1, sizeBytes: 1, sha256: undefined, etag: '"1"' };
  const bucket = meteredBucket(
    {
      create: async () => 'id',
      listParts: async () => ({ state: 'listed', parts: Array.from({ length: 2_001 }, () => part) }),
      complete: async () => ({ state: 'completed', sha256: '' }),
      head: async () => undefined,
      abort: async () => {},
      signParts: async () => ({ template: '', expiresAtMs: 0, signatures: new Map() }),
      signDownload: async () => ({ url: '', expiresAtMs: 0 }),
    } satisfies Bucket,
    meter,
  );
  const meta = metaOf();
  await bucket.create('key', '');
  await bucket.listParts(meta);
  await bucket.complete(meta, []);
  await bucket.head('key');
  await bucket.abort('key', 'id');
  await bucket.signParts(meta, [], 'host');
  await bucket.signDownload(meta, 'host');
  expect(meter.usage()).toEqual({ ...NO_USAGE, s3Puts: 5, s3Gets: 1 });
});

test('a bill prices every unit and tells what is not paid to S3 as coordination', () => {
  const usage = { ...NO_USAGE, socketMessages: 1e6, writeUnits: 1e6, s3Puts: 1_000, s3Gets: 1_000 };
  const bill = billFor(usage);
  expect(bill.coordinationUsd).toBeCloseTo(1 + 0.625, 10);
  expect(bill.totalUsd).toBeCloseTo(1.625 + 0.005 + 0.0004, 10);
  expect(s3PutUsd(1_000)).toBeCloseTo(0.005, 10);
});

test('usage adds up, and the usage of a stretch is what came on top', () => {
  const [before, now] = [
    { ...NO_USAGE, readUnits: 2 },
    { ...NO_USAGE, readUnits: 5, s3Gets: 1 },
  ];
  expect(usageSince(before, now)).toEqual({ ...NO_USAGE, readUnits: 3, s3Gets: 1 });
  expect(sumUsage([before, now])).toEqual({ ...NO_USAGE, readUnits: 7, s3Gets: 1 });
});

test('the hottest item is the one with the most write units in a second, and everything is passed on', () => {
  const meter = makeMeter();
  let nowMs = 0;
  const hot = watchHotItems(() => nowMs, meter);
  const [a, b] = [
    { pk: 'U#1', sk: 'S#000' },
    { pk: 'U#1', sk: 'STATE' },
  ];
  for (let i = 0; i < 3; i++) hot.wrote(a, 1);
  hot.wrote(b, 2);
  nowMs = 1_000;
  for (let i = 0; i < 2; i++) hot.wrote(a, 1);
  hot.read(b, 4);
  expect(hot.hottest()).toEqual({ ...a, writeUnitsPerS: 3 });
  expect(meter.usage()).toEqual({ ...NO_USAGE, writeUnits: 7, readUnits: 4 });
});
