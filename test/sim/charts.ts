import { targetOf } from './report.ts';
import type { Outcome } from './world.ts';

const WIDTH = 720;
const LABELS = 110;
const FONT = 'font-family="system-ui, sans-serif" font-size="12"';
/** Readable on white and on black: documents are read on both. */
const [TEXT, GRID, GOOD, POOR, IDEAL] = ['#808890', '#80889055', '#2a8f6d', '#c05a2e', '#4a78c0'];

/** The share of the summed rate that each scenario reaches, from 80 % on, with its target as a line. SVG. */
export function sharesChart(outcomes: readonly Outcome[]): string {
  const rowPx = 24;
  const height = outcomes.length * rowPx + 40;
  const x = (share: number) => LABELS + ((Math.max(0.8, share) - 0.8) / 0.2) * (WIDTH - LABELS - 60);
  const ticks = [0.8, 0.85, 0.9, 0.95, 1].map(
    (share) =>
      `<line x1="${x(share)}" x2="${x(share)}" y1="8" y2="${height - 28}" stroke="${GRID}"/>` +
      text(x(share), height - 12, `${Math.round(100 * share)} %`, 'middle'),
  );
  const bars = outcomes.map((outcome, i) => {
    const { scenario, shareOfSummedRate: share } = outcome;
    const y = 12 + i * rowPx;
    const target = targetOf(scenario);
    const color = share >= (target ?? 0) ? GOOD : POOR;
    const mark =
      target === undefined
        ? ''
        : `<line x1="${x(target)}" x2="${x(target)}" y1="${y - 2}" y2="${y + 17}" stroke="${IDEAL}" stroke-width="2"/>`;
    return [
      text(LABELS - 8, y + 12, scenario, 'end'),
      `<rect x="${LABELS}" y="${y}" width="${(x(share) - LABELS).toFixed(1)}" height="15" fill="${color}"/>`,
      mark,
      text(x(share) + 6, y + 12, `${(100 * share).toFixed(1)} %`, 'start'),
    ].join('');
  });
  return svg(height, [...ticks, ...bars], 'Share of the summed rate by scenario; the blue lines are targets');
}

/** How much of the file is done over time, beside what all links together could carry. SVG. */
export function progressChart({ scenario, progress, makespanMs, shareOfSummedRate }: Outcome): string {
  const height = 280;
  const x = (ms: number) => LABELS + (ms / makespanMs) * (WIDTH - LABELS - 20);
  const y = (share: number) => height - 40 - share * (height - 60);
  const points = [...progress.filter(([ms]) => ms < makespanMs), [makespanMs, 1] as const];
  const line = points.map(([ms, share]) => `${x(ms).toFixed(1)},${y(share).toFixed(1)}`).join(' ');
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    `<line x1="${LABELS}" x2="${WIDTH - 20}" y1="${y(share)}" y2="${y(share)}" stroke="${GRID}"/>`,
    text(LABELS - 8, y(share) + 4, `${100 * share} %`, 'end'),
    text(x(share * makespanMs), height - 16, `${Math.round((share * makespanMs) / 1_000)} s`, 'middle'),
  ]);
  const ideal = `<line x1="${x(0)}" y1="${y(0)}" x2="${x(makespanMs * shareOfSummedRate)}" y2="${y(1)}" stroke="${IDEAL}" stroke-dasharray="5 4"/>`;
  const real = `<polyline points="${line}" fill="none" stroke="${GOOD}" stroke-width="2"/>`;
  return svg(
    height,
    [...ticks, ideal, real],
    `${scenario}: parts done over time, and what all links together could carry`,
  );
}

function text(x: number, y: number, words: string, anchor: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${TEXT}" ${FONT}>${words}</text>`;
}

function svg(height: number, body: readonly string[], title: string): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`;
  return [head, `<title>${title}</title>`, ...body, '</svg>', ''].join('\n');
}
