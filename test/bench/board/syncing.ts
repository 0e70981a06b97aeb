import { OPEN_RULES } from '../../../functions/rules.ts';
import { onFrame } from '../../../functions/socket/dispatch.ts';
import { NO_BITS, partsOf } from '../../../protocol/board/bits.ts';
import { freeBits } from '../../../protocol/board/stripe.ts';
import { type BigBoard, makeBigBoard } from '../../support/big-board.ts';
import { syncOf } from '../../support/client.ts';
import { NOW_MS } from '../../support/half-way.ts';

const PARTS = 10_000;
const DEVICES = 200;
/** What a board of 200 devices at 10 Mbit/s each syncs in half a second. */
const SYNCS_PER_NEWS = 24;
/** The first one warms up. */
const BOARDS = 4;

/** CPU milliseconds of one sync on a board of 10,000 parts and 200 devices, its share of telling the others included; the median board's. */
export async function measureSyncing(partsPerSync: number): Promise<number> {
  const means: number[] = [];
  for (let i = 0; i < BOARDS; i++) means.push(await meanOf(partsPerSync));
  const [, ...warm] = means;
  return warm.sort((a, b) => a - b)[Math.floor(warm.length / 2)] ?? Number.NaN;
}

async function meanOf(partsPerSync: number): Promise<number> {
  let posts = 0;
  let answers = 0;
  let sleepers: Array<() => void> = [];
  const board = await makeBigBoard({
    parts: PARTS,
    devices: DEVICES,
    sockets: {
      async post(_, frame) {
        posts++;
        if (isGranted(frame)) answers++;
        return 'sent';
      },
      async close() {},
      async isThere() {
        return true;
      },
    },
  });
  const clock = {
    ...board.ports.clock,
    sleep: () => new Promise<void>((wake) => sleepers.push(wake)),
  };
  const context = { ports: { ...board.ports, clock }, host: 'local', sourceIp: '', rules: OPEN_RULES };
  const underWay: Array<Promise<unknown>> = [];
  const frames = framesOf(board, partsPerSync);
  const before = process.cpuUsage();
  for (const [i, { device, frame }] of frames.entries()) {
    const answered = onFrame({ ...context, connection: board.connectionOf(device) }, frame);
    underWay.push(answered.then((answer) => void (isGranted(answer) && answers++)));
    await new Promise((resolve) => setImmediate(resolve));
    if (i % SYNCS_PER_NEWS > 0 && i < frames.length - 1) continue;
    for (const wake of sleepers) wake();
    sleepers = [];
  }
  await Promise.all(underWay);
  const { user, system } = process.cpuUsage(before);
  if (answers !== frames.length || posts <= answers) {
    throw new Error(`expected ${frames.length} syncs to be granted, and told; got ${answers}`);
  }
  return (user + system) / 1_000 / frames.length;
}

const isGranted = (frame: string | undefined) => frame?.startsWith('{"type":"granted"') ?? false;

interface Said {
  device: number;
  frame: string;
}

/** What devices say that report what they hold and ask for as much again, each from a stripe that it shares. */
function framesOf({ stripes, meta }: BigBoard, partsPerSync: number): Said[] {
  const free = stripes.flatMap((stripe) => {
    const parts = partsOf(stripe.s, freeBits(stripe, NOW_MS));
    return stripe.leases.length > 0 ? [{ stripe, parts }] : [];
  });
  const said: Said[] = [];
  for (const { stripe, parts } of free) {
    for (const { device, parts: held } of stripe.leases) {
      if (held === NO_BITS) continue;
      const done = partsOf(stripe.s, held).slice(0, partsPerSync);
      const want = parts.splice(0, partsPerSync);
      const message = syncOf(meta.upload, { done, want, leaseMs: 60_000, rateBps: 2_500_000 });
      said.push({ device, frame: JSON.stringify({ id: said.length, ...message }) });
    }
  }
  return said;
}
