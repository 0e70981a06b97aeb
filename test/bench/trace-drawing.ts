import type { Span } from '../../web/browser/trace.ts';
import { median } from './figures.ts';

const COLUMNS = 100;

type Time = Pick<Span, 'fromMs' | 'toMs'>;

/**
 * Lanes over time and what they come to. A gap is the time from the end of a request to the start of the one that takes
 * its place; after the last start of all there is nothing to take.
 */
export function drawTrace(spans: readonly Span[]): string {
  const of = (kind: Span['kind']) =>
    spans.filter((span) => span.kind === kind).sort((a, b) => a.fromMs - b.fromMs);
  const puts = of('put');
  const fromMs = Math.min(...spans.map((span) => span.fromMs));
  const toMs = Math.max(...spans.map((span) => span.toMs));
  const row = (name: string, lane: readonly Time[]) =>
    `${name.padEnd(6)}${columnsOf(lane, fromMs, (toMs - fromMs) / COLUMNS)}`;
  const lanes = lanesOf(puts);
  const gaps = gapsOf(lanes);
  const syncs = of('sync');
  const sum = (values: Array<number | undefined>) => values.reduce<number>((all, one) => all + (one ?? 0), 0);
  return [
    `One column is ${Math.round((toMs - fromMs) / COLUMNS)} ms.`,
    ...lanes.map((lane, i) => row(`put ${i + 1}`, lane)),
    ...lanesOf(of('hash')).map((lane, i) => row(`hash ${i + 1}`, lane)),
    row('sync', syncs),
    `${puts.length} requests, ${took(puts)}; gaps between two of a place: ${distribution(gaps)}`,
    `${of('hash').length} hashes, ${took(of('hash'))}`,
    `${syncs.length} syncs, ${took(syncs)}, of ${(sum(syncs.map(({ done }) => done)) / syncs.length).toFixed(1)} parts each`,
    `first request after ${Math.round((puts[0]?.fromMs ?? toMs) - fromMs)} ms`,
  ].join('\n');
}

const took = (spans: readonly Time[]) => distribution(spans.map((span) => span.toMs - span.fromMs));

function distribution(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN);
  return `median ${Math.round(median(sorted))} ms, 95 % within ${at(0.95)} ms, longest ${at(1)} ms`;
}

/** Spans that overlap are in different lanes; each goes to the one that has been free for the shortest time. */
function lanesOf<One extends Time>(spans: readonly One[]): One[][] {
  const lanes: One[][] = [];
  for (const span of spans) {
    const freeMs = (lane: One[]) => lane.at(-1)?.toMs ?? Number.NEGATIVE_INFINITY;
    const free = lanes.filter((lane) => freeMs(lane) <= span.fromMs).sort((a, b) => freeMs(b) - freeMs(a));
    if (free[0]) free[0].push(span);
    else lanes.push([span]);
  }
  return lanes;
}

function gapsOf(lanes: ReadonlyArray<readonly Time[]>): number[] {
  return lanes.flatMap((lane) => lane.slice(1).map((span, i) => span.fromMs - (lane[i]?.toMs ?? 0)));
}

/** How much of each column is taken: `█` all, `▒` some, `·` nothing. */
function columnsOf(lane: readonly Time[], fromMs: number, columnMs: number): string {
  return Array.from({ length: COLUMNS }, (_, i) => {
    const [beginMs, endMs] = [fromMs + i * columnMs, fromMs + (i + 1) * columnMs];
    const takenMs = lane.reduce(
      (sum, span) => sum + Math.max(0, Math.min(endMs, span.toMs) - Math.max(beginMs, span.fromMs)),
      0,
    );
    if (takenMs === 0) return '·';
    return takenMs > columnMs * 0.9 ? '█' : '▒';
  }).join('');
}
