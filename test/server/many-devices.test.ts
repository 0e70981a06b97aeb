import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEVICES_TOLD_AT_ONCE } from '../../functions/news.ts';
import { bitsFromHex, countBits } from '../../protocol/board/bits.ts';
import {
  type Client,
  createUpload,
  device,
  hashesOf,
  newSecrets,
  partOf,
  put,
  sync,
} from '../support/client.ts';
import { type ServerUnderTest, serve } from '../support/running-server.ts';

const PART_BYTES = 5_242_880;
const HELPERS = DEVICES_TOLD_AT_ONCE + 2;
let server: ServerUnderTest;

beforeAll(async () => {
  server = await serve();
});
afterAll(() => server.close());

test('with many devices each is answered at once, and each hears of all the others, told together', async () => {
  const bytes = randomBytes(HELPERS * PART_BYTES);
  const parts = Array.from({ length: HELPERS }, (_, i) => i + 1);
  const secrets = newSecrets();
  const owner = await device(server.origin, 'laptop');
  const { upload } = await createUpload(owner, bytes, secrets);
  await sync(owner, upload, { hashes: hashesOf(bytes, PART_BYTES, parts) });
  const helpers: Client[] = [];
  for (const part of parts) {
    const helper = await device(server.origin, `phone ${part}`);
    await helper.expect('board', { type: 'join', secret: secrets.help });
    const asked = await helper.expect('challenge', { type: 'offer', upload, sizeBytes: bytes.length });
    await helper.expect('proven', {
      type: 'prove',
      upload,
      hashes: hashesOf(bytes, PART_BYTES, asked.parts),
    });
    helpers.push(helper);
  }
  // One after the other: that many at once on one stripe is another story.
  for (const [i, helper] of helpers.entries()) {
    const part = i + 1;
    const granted = await sync(helper, upload, { want: [part] });
    expect(granted.put?.tickets.map((ticket) => ticket.part)).toEqual([part]);
    const response = await put(server.origin, granted, part, partOf(bytes, PART_BYTES, part));
    expect(response.status).toBe(200);
    await sync(helper, upload, { done: [part], rateBps: 1_000 * part });
  }
  const all = [owner, ...helpers];
  const news = await Promise.all(
    all.map((one) =>
      one.hear('stripes', ({ stripes }) => countBits(bitsFromHex(stripes[0]?.done ?? '0')) === HELPERS),
    ),
  );
  for (const { rates } of news) expect(rates?.length).toBeGreaterThan(0);
  for (const one of all) await one.hear('state', ({ state }) => state.state === 'finished');
  for (const one of all) one.close();
}, 60_000);
