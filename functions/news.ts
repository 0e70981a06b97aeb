import { utf8Length } from '../protocol/codec.ts';
import { MAX_FRAME_BYTES } from '../protocol/limits.ts';
import { type Stripe, stripeToWire } from '../protocol/messages/board.ts';
import { broadcast } from './broadcast.ts';
import type { Change, Ports, Untold } from './ports.ts';

/**
 * Up to here a change is told to each device at once: that is cheaper. Beyond, `n` devices that each tell `n - 1` others
 * are what costs: at 200 forty times what S3 takes for the parts, and more posts a second than an account may make.
 */
export const DEVICES_TOLD_AT_ONCE = 6;
/** How long changes are gathered then: with the way there, everybody's board is within a second of the truth */
export const NEWS_MS = 500;
/** … on a board of this many. With more of them each is told more seldom: what one change costs does not grow for ever. */
const DEVICES_IN_TIME = 100;
const LONGEST_NEWS_MS = 1_500;
/** … and where tickets are few, which is at the beginning and near the end. */
export const HURRIED_NEWS_MS = 100;
/** Whoever has not told by this much later is dead. */
const DEAD_AFTER_MS = 5_000;
/** What comes while the first news are told is told at once; what comes then, by the next who has something to tell. */
const MAX_ROUNDS = 2;
/** How long changes are gathered on a board of so many devices. */
export function newsMsFor(devices: number, isHurried: boolean): number {
  if (isHurried) return HURRIED_NEWS_MS;
  return Math.min(LONGEST_NEWS_MS, NEWS_MS * Math.max(1, devices / DEVICES_IN_TIME));
}

/** Room for all that is not a stripe. */
const MARGIN_BYTES = 8_192;

/**
 * Notes a change that is to be told to everybody, together with those of others. Undefined: somebody else tells it. Else
 * it is up to us, and what is answered does so, which takes its time.
 */
export async function gatherNews(
  ports: Ports,
  upload: string,
  change: Change,
  gatherMs: number,
): Promise<(() => Promise<void>) | undefined> {
  const token = ports.newToken();
  const nowMs = ports.clock.nowMs();
  const untilMs = nowMs + gatherMs + DEAD_AFTER_MS;
  if ((await ports.stripes.defer(upload, change, { token, untilMs, nowMs })) === 'theirs') return undefined;
  return async () => {
    await ports.clock.sleep(gatherMs);
    await tellNews(ports, upload, token);
  };
}

/** They are taken off the list only once they are told: were we to die before, the next in turn tells them again. */
async function tellNews(ports: Ports, upload: string, token: string): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const untold = await ports.stripes.untold(upload, token);
    if (!untold) return;
    const stripes = await Promise.all(untold.stripes.map((s) => ports.stripes.load(upload, s)));
    const paired = (pairs: Untold['rates']) =>
      pairs.map(([device, value]): [number, number] => [device, value]);
    let paces = { rates: paired(untold.rates), backlogs: paired(untold.backlogs ?? []) };
    for (const some of inFrames(stripes.map(stripeToWire))) {
      await broadcast(ports, upload, { type: 'stripes', upload, stripes: some, ...paces });
      paces = { rates: [], backlogs: [] };
    }
    if (await ports.stripes.told(upload, token, untold)) return;
  }
  await ports.stripes.resign(upload, token);
}

function inFrames(stripes: readonly Stripe[]): Stripe[][] {
  const frames: Stripe[][] = [];
  let roomBytes = 0;
  for (const stripe of stripes) {
    const sizeBytes = utf8Length(JSON.stringify(stripe)) + 1;
    if (sizeBytes > roomBytes) {
      frames.push([]);
      roomBytes = MAX_FRAME_BYTES - MARGIN_BYTES;
    }
    roomBytes -= sizeBytes;
    frames.at(-1)?.push(stripe);
  }
  return frames;
}
