import { SCENARIOS } from './scenarios.ts';
import type { Outcome } from './world.ts';

/** The share of the summed rate that a scenario is held to. */
export function targetOf(name: string): number | undefined {
  if (name === '200MiB') return 0.93;
  const kind = SCENARIOS[name]?.kind;
  return kind === 'static' ? 0.97 : kind === 'churn' ? 0.95 : undefined;
}

/** The most that may be sent in vain. */
export const MOST_WASTED = 0.02;

/** The fields that scripts rely on. */
export function jsonOf(outcome: Outcome): string {
  const { scenario, seed, sizeBytes, violations } = outcome;
  const round = (value: number, digits: number) => Number(value.toFixed(digits));
  return JSON.stringify({
    scenario,
    seed,
    sizeBytes,
    makespanMs: Math.round(outcome.makespanMs),
    shareOfSummedRate: round(outcome.shareOfSummedRate, 4),
    shareOfIntegralBound: round(outcome.shareOfIntegralBound, 4),
    wastedRatio: round(outcome.wastedRatio, 5),
    messagesPerPart: round(outcome.messagesPerPart, 3),
    usdPerThousandParts: round(outcome.usdPerThousandParts, 6),
    violations,
  });
}

const COLUMNS: ReadonlyArray<readonly [title: string, cell: (outcome: Outcome) => string]> = [
  ['scenario', ({ scenario }) => scenario],
  ['devices', ({ devices }) => String(devices)],
  ['parts', ({ parts }) => String(parts)],
  ['makespan', ({ makespanMs }) => `${(makespanMs / 1_000).toFixed(1)} s`],
  ['of the rate', ({ shareOfSummedRate }) => percent(shareOfSummedRate)],
  ['target', ({ scenario }) => percent(targetOf(scenario))],
  ['of the integral bound', ({ shareOfIntegralBound }) => percent(shareOfIntegralBound)],
  ['wasted', ({ wastedRatio }) => percent(Math.max(0, wastedRatio))],
  ['messages/part', ({ messagesPerPart }) => messagesPerPart.toFixed(2)],
  ['read, write units/part', ({ usage, parts }) => perPart([usage.readUnits, usage.writeUnits], parts)],
  ['$/1,000 parts', ({ usdPerThousandParts }) => usdPerThousandParts.toFixed(4)],
  ['writes/s, one item', ({ hottestWritesPerS }) => String(hottestWritesPerS)],
  ['longest frame', ({ largestFrameBytes }) => `${(largestFrameBytes / 1_024).toFixed(1)} KB`],
];

/** Markdown, so that it can go into a document as it is. */
export function tableHead(): string {
  const titles = COLUMNS.map(([title]) => title);
  return [`| ${titles.join(' | ')} |`, `| ${titles.map(() => '---').join(' | ')} |`].join('\n');
}

export function tableRow(outcome: Outcome): string {
  const row = `| ${COLUMNS.map(([, cell]) => cell(outcome)).join(' | ')} |`;
  return [row, ...outcome.violations.map((violation) => `  ! ${violation}`)].join('\n');
}

function percent(share: number | undefined): string {
  return share === undefined ? '' : `${(100 * share).toFixed(1)} %`;
}

function perPart(units: readonly number[], parts: number): string {
  return units.map((count) => (count / parts).toFixed(2)).join(', ');
}
