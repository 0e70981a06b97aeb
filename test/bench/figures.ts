import type { Run } from './subjects.ts';

const MIB = 1_048_576;

export interface Measured extends Run {
  /** Peak above idle. */
  rendererMib: number | undefined;
}

export interface Subject {
  name: string;
  sizeBytes: number;
  runs: readonly Measured[];
}

interface Figure {
  subject: string;
  sizeMib: number;
  mibPerS: number;
  /** Undefined where the limit was not run. */
  ratioToLimit: number | undefined;
  requests: number;
  rendererMib: number | undefined;
  /** The longest task of the page's own thread; 0: none over 50 ms. */
  blockedMs: number | undefined;
}

/** Medians. The limit of another size is as long in proportion. */
export function sayFigures(subjects: readonly Subject[], asJson: boolean): void {
  const limit = subjects.find(({ name }) => name === 'limit');
  const limitBps = limit && limit.sizeBytes / secondsOf(limit);
  for (const subject of subjects) say(figureOf(subject, limitBps), asJson);
}

export function sayFirstByte(ms: number, asJson: boolean): void {
  console.log(
    asJson ? JSON.stringify({ subject: 'first-byte', ms }) : `first byte of a 4 GiB file: ${ms} ms`,
  );
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const secondsOf = ({ runs }: Subject) => median(runs.map(({ seconds }) => seconds));

function figureOf(subject: Subject, limitBps: number | undefined): Figure {
  const { name, sizeBytes, runs } = subject;
  const bps = sizeBytes / secondsOf(subject);
  const peaks = runs.map(({ rendererMib }) => rendererMib).filter((mib) => mib !== undefined);
  const blocked = runs.map(({ blockedMs }) => blockedMs).filter((ms) => ms !== undefined);
  return {
    subject: name,
    sizeMib: sizeBytes / MIB,
    mibPerS: Math.round(bps / MIB),
    ratioToLimit: limitBps === undefined ? undefined : Math.round((bps / limitBps) * 100) / 100,
    requests: median(runs.map(({ requests }) => requests)),
    rendererMib: peaks.length > 0 ? Math.round(median(peaks)) : undefined,
    blockedMs: blocked.length > 0 ? Math.max(...blocked) : undefined,
  };
}

function say(figure: Figure, asJson: boolean): void {
  if (asJson) {
    console.log(JSON.stringify(figure));
    return;
  }
  const { subject, sizeMib, mibPerS, ratioToLimit, requests, rendererMib, blockedMs } = figure;
  const facts = [
    subject.padEnd(14),
    `${sizeMib} MiB`.padStart(8),
    `${mibPerS} MiB/s`.padStart(9),
    `${ratioToLimit?.toFixed(2) ?? '?'} of the limit`,
    `${requests} requests`,
    `renderer +${rendererMib ?? '?'} MiB`,
    ...(blockedMs === undefined ? [] : [`longest task ${blockedMs === 0 ? 'under 50' : blockedMs} ms`]),
  ];
  console.log(facts.join('  '));
}
