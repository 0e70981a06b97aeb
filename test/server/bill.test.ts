import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { billFor } from '../../functions/metering/bill.ts';
import { USD_PER_MILLION } from '../../functions/metering/prices.ts';
import type { Usage } from '../../functions/metering/usage.ts';
import { statementOf } from '../../infra/local/billing/statement.ts';
import { createUpload, device, hashesOf, newSecrets, partOf, put, sync } from '../support/client.ts';
import { type ServerUnderTest, serve } from '../support/running-server.ts';

const MIB = 1_048_576;
let server: ServerUnderTest;

beforeAll(async () => {
  server = await serve();
});
afterAll(() => server.close());

/** What the upload has cost, once that is in the log. */
async function billOf(upload: string): Promise<{ usage: Usage; [field: string]: unknown }> {
  return expect
    .poll(() => server.log.find((entry) => entry.kind === 'bill' && entry.upload === upload))
    .toBeDefined()
    .then(
      () =>
        server.log.find((entry) => entry.kind === 'bill' && entry.upload === upload) as unknown as {
          usage: Usage;
        },
    );
}

test('an upload that finishes leaves a line with each unit that AWS would bill', async () => {
  const bytes = randomBytes(6 * MIB);
  const owner = await device(server.origin);
  const { upload, partBytes } = await createUpload(owner, bytes, newSecrets());
  const granted = await sync(owner, upload, { hashes: hashesOf(bytes, partBytes, [1, 2]), want: [1, 2] });
  for (const part of [1, 2]) await put(server.origin, granted, part, partOf(bytes, partBytes, part));
  await sync(owner, upload, { done: [1, 2] });
  await owner.hear('state', ({ state }) => state.state === 'finished');

  const { usage, ...bill } = await billOf(upload);
  expect(bill).toMatchObject({ end: 'finished', parts: 2 });
  // create and two syncs, each asked and answered, and the news of finishing and finished.
  expect(usage.socketMessages).toBe(8);
  expect(usage.lambdaRequests).toBe(4);
  expect(usage.lambdaGbSeconds).toBeGreaterThan(0);
  // Create, two parts, list and complete.
  expect(usage.s3Puts).toBe(5);
  expect(usage.readUnits).toBeGreaterThan(10);
  expect(usage.writeUnits).toBeGreaterThan(10);
  const { totalUsd, coordinationUsd } = billFor(usage);
  expect(bill).toMatchObject({ totalUsd, coordinationUsd });
  owner.close();
});

test('an upload that is ended leaves one too, and each upload has its own', async () => {
  const [a, b] = [await device(server.origin), await device(server.origin)];
  const [ended, other] = [
    await createUpload(a, randomBytes(1), newSecrets()),
    await createUpload(b, randomBytes(1), newSecrets()),
  ];
  await a.expect('ok', { type: 'abort', upload: ended.upload });
  const { usage, ...bill } = await billOf(ended.upload);
  expect(bill).toMatchObject({ end: 'aborted' });
  // create and abort, asked and answered, and the news of it.
  expect(usage.socketMessages).toBe(5);
  expect(usage.s3Puts).toBe(1);
  expect(server.log.some((entry) => entry.kind === 'bill' && entry.upload === other.upload)).toBe(false);
  a.close();
  b.close();
});

test('a statement names every unit with its price, and what coordination adds to the PUTs', () => {
  const usage = {
    socketMessages: 40,
    connectionMinutes: 1.5,
    lambdaRequests: 12,
    lambdaGbSeconds: 0.3,
    writeUnits: 10,
    readUnits: 30,
    s3Puts: 14,
    s3Gets: 0,
  };
  const line = JSON.stringify({
    kind: 'bill',
    atMs: 0,
    upload: 'AAAAAAAAAAAAAAAAAAAAAA',
    end: 'finished',
    parts: 10,
    usage,
  });
  const statement = statementOf(['{"kind":"message"}', line, '{"kind":"bill","upl']);
  expect(statement).toContain('AAAAAAAAAAAAAAAAAAAAAA  finished 1970-01-01T00:00:00.000Z, 10 parts');
  expect(statement).toMatch(/WebSocket messages +40 +at \$1\.0000 a million +\$0\.000040/);
  expect(statement).not.toContain('GET');
  expect(statement).toContain(
    `coordination $0.000057, ${Math.round((57.03 / (10 * USD_PER_MILLION.s3Puts)) * 100)} % of what S3 takes`,
  );
  expect(statementOf(['{"kind":"message"}'])).toContain('No upload has ended here yet');
});
