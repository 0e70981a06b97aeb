import { expect, test } from 'vitest';
import { partsOf } from '../../protocol/board/bits.ts';
import { freeBits } from '../../protocol/board/stripe.ts';
import { type BigBoard, makeBigBoard } from '../../test/support/big-board.ts';
import { syncOf } from '../../test/support/client.ts';
import { NOW_MS } from '../../test/support/half-way.ts';
import { type Meter, makeMeter } from '../metering/meter.ts';
import { UNITS, type Usage, usageSince } from '../metering/usage.ts';
import { OPEN_RULES } from '../rules.ts';
import { onFrame } from './dispatch.ts';

const DEVICES = 5;

async function openBoard(parts: number): Promise<{ board: BigBoard; meter: Meter }> {
  const meter = makeMeter();
  const board = await makeBigBoard({
    parts,
    devices: DEVICES,
    meter,
    sockets: {
      async post(_, frame) {
        meter.frame(Buffer.byteLength(frame));
        return 'sent';
      },
      async close() {},
      async isThere() {
        return true;
      },
    },
  });
  return { board, meter };
}

/** Units of the table and messages for one part: it is reported, and another one is asked for. */
async function usageOfPart({ board, meter }: { board: BigBoard; meter: Meter }): Promise<Usage> {
  const { stripes, meta, ports } = board;
  const stripe = stripes.find(({ leases }) => leases.length > 0);
  const lease = stripe?.leases.find(({ device }) => device !== 1);
  if (!stripe || !lease) throw new Error('expected a stripe with leases');
  const done = partsOf(stripe.s, lease.parts).slice(0, 1);
  const want = partsOf(stripe.s, freeBits(stripe, NOW_MS)).slice(0, 1);
  const message = syncOf(meta.upload, { done, want, leaseMs: 60_000, rateBps: 1 });
  const frame = JSON.stringify({ id: 1, ...message });
  const connection = board.connectionOf(lease.device);
  const before = meter.usage();
  meter.frame(Buffer.byteLength(frame));
  const context = { ports, connection, host: 'local', sourceIp: '', rules: OPEN_RULES };
  const answer = (await onFrame(context, frame)) ?? '';
  meter.frame(Buffer.byteLength(answer));
  expect(answer).toContain('"signature"');
  return usageSince(before, meter.usage());
}

test('what a part costs does not depend on how many parts the upload has', async () => {
  const [small, large] = await Promise.all([openBoard(640), openBoard(10_000)]);
  const usage = await usageOfPart(small);
  expect(await usageOfPart(large)).toEqual(usage);
  // A message, its answer, and the news to four others.
  expect(usage.socketMessages).toBe(6);
  expect(usage.writeUnits).toBeLessThanOrEqual(2);
  expect(UNITS.filter((unit) => usage[unit] > 0)).toEqual(['socketMessages', 'writeUnits', 'readUnits']);
});
