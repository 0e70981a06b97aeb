import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createUpload, device, hashesOf, newSecrets, put, sync } from '../support/client.ts';
import { type ServerUnderTest, serve } from '../support/running-server.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await serve();
});
afterAll(() => server.close());

const logged = (kind: string) => server.log.filter((entry) => entry.kind === kind);

test('the store tells the notice function of a complete object, which tells the user once', async () => {
  const bytes = randomBytes(1_000);
  const owner = await device(server.origin);
  const { upload, partBytes } = await createUpload(owner, bytes, newSecrets());
  const granted = await sync(owner, upload, { hashes: hashesOf(bytes, partBytes, [1]), want: [1] });
  expect((await put(server.origin, granted, 1, bytes)).status).toBe(200);
  await sync(owner, upload, { done: [1] });
  await owner.hear('state', ({ state }) => state.state === 'finished');
  await vi.waitUntil(() => logged('noticed').length > 0, { timeout: 10_000 });
  expect(logged('noticed')).toMatchObject([{ upload, sizeBytes: 1_000 }]);
});

test('a server that starts sweeps at once: what the last one left under way goes on', async () => {
  await vi.waitUntil(() => logged('swept').length > 0, { timeout: 10_000 });
  expect(logged('swept')[0]).toMatchObject({ failed: 0, isThrough: true });
});
