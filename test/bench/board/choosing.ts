import { choose } from '../../../protocol/board/choose.ts';
import { geometryOf, MIN_PART_BYTES } from '../../../protocol/board/geometry.ts';
import { chooseHedges } from '../../../protocol/board/hedge.ts';
import { makeReplica } from '../../../protocol/board/replica.ts';
import { halfWay, NOW_MS } from '../../support/half-way.ts';

const PARTS = 10_000;
const DEVICES = 200;
const ROUNDS = 300;

/** Milliseconds that a device takes to choose on a board of 10,000 tickets and 200 devices; medians. Runs anywhere. */
export function measureChoosing(): { chooseMs: number; hedgeMs: number } {
  const geometry = geometryOf(PARTS * MIN_PART_BYTES);
  const replica = makeReplica(geometry);
  for (let s = 0; s < geometry.stripes; s++) replica.merge(halfWay(geometry, s, DEVICES));
  const chooser = { device: 7, inHand: new Set([8_700, 8_701, 8_702]), aboutToBeKnown: new Set<number>() };
  const endOf = (device: number) => 100_000 + device;
  return {
    chooseMs: medianMs(() => choose(replica, chooser, 5, NOW_MS)),
    hedgeMs: medianMs(() => chooseHedges(replica, chooser, 4, (hedges) => hedges, endOf, NOW_MS)),
  };
}

function medianMs(run: () => unknown): number {
  const times: number[] = [];
  // Browsers round their clock to a tenth of a millisecond: a time is that of several runs.
  const RUNS = 5;
  for (let round = 0; round < ROUNDS; round++) {
    const startedMs = performance.now();
    for (let i = 0; i < RUNS; i++) run();
    times.push((performance.now() - startedMs) / RUNS);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}
