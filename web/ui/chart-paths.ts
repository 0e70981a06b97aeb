import type { Sample } from '../state/history.ts';

/** A band of the chart for each device, as SVG path data; the lowest first. */
export interface Band {
  device: number;
  path: string;
}

export interface ChartShape {
  bands: Band[];
  /** Bytes a second that the top edge stands for. */
  topBps: number;
  peakBps: number;
  /** What was carried over the time it took: speeds are estimates, bytes are not. */
  averageBps: number;
  spanMs: number;
}

export interface Box {
  width: number;
  height: number;
}

/** Room above the highest point: a fifth of the height, for the line of text that stands in it and must not cover the peak. */
const HEADROOM = 1.25;

/** Speeds over time, one device stacked on the other. Pure. */
export function stackedChart(
  samples: readonly Sample[],
  devices: readonly number[],
  { width, height }: Box,
): ChartShape {
  const totals = samples.map(({ rates }) => sumOf(rates));
  const peakBps = Math.max(0, ...totals);
  const topBps = peakBps * HEADROOM || 1;
  const startMs = samples[0]?.atMs ?? 0;
  const spanMs = (samples.at(-1)?.atMs ?? 0) - startMs;
  const xs = samples.map(({ atMs }) => round(((atMs - startMs) / (spanMs || 1)) * width));
  const y = (bps: number) => round(height - (bps / topBps) * height);
  let lower = samples.map(() => 0);
  const bands = devices.flatMap((device) => {
    const upper = lower.map((bps, i) => bps + (samples[i]?.rates.get(device) ?? 0));
    const isFlat = upper.every((bps, i) => bps === lower[i]);
    const edge = (heights: readonly number[]) => heights.map((bps, i) => `${xs[i]} ${y(bps)}`);
    const path = `M${edge(upper).join('L')}L${edge(lower).reverse().join('L')}Z`;
    lower = upper;
    return isFlat || samples.length < 2 ? [] : [{ device, path }];
  });
  const carriedBytes = (samples.at(-1)?.carriedBytes ?? 0) - (samples[0]?.carriedBytes ?? 0);
  const averageBps = spanMs > 0 ? (carriedBytes * 1_000) / spanMs : 0;
  return { bands, topBps, peakBps: Math.max(peakBps, averageBps), averageBps, spanMs };
}

/** One device's speed as a line that fills its box. Pure. */
export function sparkline(samples: readonly Sample[], device: number, topBps: number, box: Box): string {
  const step = box.width / Math.max(1, samples.length - 1);
  const points = samples.map(({ rates }, i) => {
    const bps = Math.min(topBps, rates.get(device) ?? 0);
    return `${round(i * step)} ${round(box.height - (bps / (topBps || 1)) * box.height)}`;
  });
  return points.length < 2 ? '' : `M${points.join('L')}`;
}

function sumOf(rates: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const rateBps of rates.values()) sum += rateBps;
  return sum;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
