import { OPEN_RULES } from '../../../functions/rules.ts';
import { onFrame } from '../../../functions/socket/dispatch.ts';
import { NO_BITS, partsOf } from '../../../protocol/board/bits.ts';
import { freeBits } from '../../../protocol/board/stripe.ts';
import { type BigBoard, makeBigBoard } from '../../support/big-board.ts';
import { syncOf } from '../../support/client.ts';
import { NOW_MS } from '../../support/half-way.ts';

const PARTS = 10_000;
const DEVICES = 200;
/** The first one warms up. */
const BOARDS = 4;

/** CPU milliseconds of one sync on a board of 10,000 parts and 200 devices, all but the network's; the median board's. */
export async function measureSyncing(partsPerSync: number): Promise<number> {
  const means: number[] = [];
  for (let i = 0; i < BOARDS; i++) means.push(await meanOf(partsPerSync));
  const [, ...warm] = means;
  return warm.sort((a, b) => a - b)[Math.floor(warm.length / 2)] ?? Number.NaN;
}

async function meanOf(partsPerSync: number): Promise<number> {
  let posts = 0;
  const board = await makeBigBoard({
    parts: PARTS,
    devices: DEVICES,
    sockets: {
      async post() {
        posts++;
        return 'sent';
      },
      async close() {},
      async isThere() {
        return true;
      },
    },
  });
  const frames = framesOf(board, partsPerSync);
  const context = { ports: board.ports, host: 'local', sourceIp: '', rules: OPEN_RULES };
  const run = async ({ device, frame }: Said) => {
    const answer = await onFrame({ ...context, connection: board.connectionOf(device) }, frame);
    if (!answer?.includes('"type":"granted"')) throw new Error(`expected granted; got ${answer}`);
  };
  const before = process.cpuUsage();
  for (const said of frames) await run(said);
  const { user, system } = process.cpuUsage(before);
  if (posts === 0) throw new Error('expected posts to the others');
  return (user + system) / 1_000 / frames.length;
}

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
