import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bundles, bundleFunctions, FUNCTIONS } from './bundle.ts';

const KB = 1_024;
/** What a cold start reads, and all that there is: Lambda bills the reading, and a device waits for it. */
const BUDGETS: Record<(typeof FUNCTIONS)[number], { startKb: number; allKb: number }> = {
  socket: { startKb: 390, allKb: 520 },
  finish: { startKb: 370, allKb: 490 },
  notify: { startKb: 370, allKb: 490 },
  sweep: { startKb: 370, allKb: 490 },
};

const folder = mkdtempSync(join(tmpdir(), 'tributary-bundles-'));
let bundles: Bundles;
beforeAll(async () => {
  bundles = await bundleFunctions(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(FUNCTIONS)('the bundle of %s is within its budget', (name) => {
  const { sizeBytes, startBytes } = bundles[name];
  console.log(
    `${name}: ${Math.round(startBytes / KB)} KB at a cold start, ${Math.round(sizeBytes / KB)} KB in all`,
  );
  expect(startBytes).toBeLessThanOrEqual(BUDGETS[name].startKb * KB);
  expect(sizeBytes).toBeLessThanOrEqual(BUDGETS[name].allKb * KB);
});

test.each(FUNCTIONS)('a cold start of %s reads no client that only some messages need', (name) => {
  const read = [...bundles[name].startBy.keys()];
  expect(read).toContain('@aws-sdk/client-dynamodb');
  expect(
    read.filter((one) =>
      /client-(s3|lambda|sns)|s3-request-presigner|credential-provider-(ini|sso)/.test(one),
    ),
  ).toEqual([]);
});
