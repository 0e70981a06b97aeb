import { s3PutUsd } from '../../functions/metering/bill.ts';
import { MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import { steady } from './capacity.ts';
import { makeRandom } from './random.ts';
import { device } from './scenarios.ts';
import { FINE } from './weather.ts';
import { type Outcome, runWorld } from './world.ts';

export interface Bill {
  devices: number;
  parts: number;
  /** Of each device. */
  megabits: number;
}

/** By number of devices; by speed; and, at two speeds, by number of parts. */
export const BILLS: readonly Bill[] = [
  ...[1, 2, 3, 5, 10, 20, 50].map((devices) => ({ devices, parts: 1_000, megabits: 20 })),
  ...[100, 400].map((megabits) => ({ devices: 2, parts: 1_000, megabits })),
  ...[50, 200].flatMap((megabits) => [100, 1_000, 10_000].map((parts) => ({ devices: 2, parts, megabits }))),
];

export function runBill({ devices, parts, megabits }: Bill, seed: number): Promise<Outcome> {
  const random = makeRandom(seed);
  return runWorld({
    scenario: `${devices} x ${megabits}`,
    seed,
    sizeBytes: parts * MIN_PART_BYTES,
    devices: Array.from({ length: devices }, (_, i) =>
      device(random, `device${i + 1}`, steady(megabits), i === 0 ? { role: 'owner' } : {}),
    ),
    weather: FINE,
    limitMs: 12 * 3_600_000,
    afterMs: 0,
  });
}

export function billHead(): string {
  const titles = [
    'devices',
    'Mbit/s each',
    'parts',
    'parts/s',
    '$/1,000 parts',
    "of S3's PUT price",
    'messages/part',
    'read, write units/part',
  ];
  return [`| ${titles.join(' | ')} |`, `| ${titles.map(() => '---').join(' | ')} |`].join('\n');
}

export function billRow({ devices, megabits }: Bill, outcome: Outcome): string {
  const { parts, usage } = outcome;
  const cells = [
    devices,
    megabits,
    parts,
    ((parts * 1_000) / outcome.makespanMs).toFixed(2),
    outcome.usdPerThousandParts.toFixed(4),
    `${((100 * outcome.usdPerThousandParts) / s3PutUsd(1_000)).toFixed(0)} %`,
    outcome.messagesPerPart.toFixed(2),
    `${(usage.readUnits / parts).toFixed(2)}, ${(usage.writeUnits / parts).toFixed(2)}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** What a part more costs, from one number of parts to the next, and what remains for the upload itself. */
export interface Slope {
  devices: number;
  megabits: number;
  fromParts: number;
  toParts: number;
  usdPerThousandMore: number;
  fixedUsd: number;
}

/** Between bills that differ only in their number of parts. */
export function slopesOf(bills: ReadonlyArray<readonly [Bill, Outcome]>): Slope[] {
  const usd = ({ usdPerThousandParts, parts }: Outcome) => (usdPerThousandParts * parts) / 1_000;
  return bills.flatMap(([bill, outcome], i) => {
    const [next, more] = bills[i + 1] ?? [];
    if (!next || !more || next.devices !== bill.devices || next.megabits !== bill.megabits) return [];
    const perPart = (usd(more) - usd(outcome)) / (more.parts - outcome.parts);
    return {
      devices: bill.devices,
      megabits: bill.megabits,
      fromParts: outcome.parts,
      toParts: more.parts,
      usdPerThousandMore: perPart * 1_000,
      fixedUsd: usd(outcome) - perPart * outcome.parts,
    };
  });
}

export function slopeHead(): string {
  const titles = ['devices', 'Mbit/s each', 'parts', '$/1,000 further parts', '$ for the upload itself'];
  return [`| ${titles.join(' | ')} |`, `| ${titles.map(() => '---').join(' | ')} |`].join('\n');
}

export function slopeRow({
  devices,
  megabits,
  fromParts,
  toParts,
  usdPerThousandMore,
  fixedUsd,
}: Slope): string {
  const cells = [
    devices,
    megabits,
    `${fromParts} to ${toParts}`,
    usdPerThousandMore.toFixed(5),
    fixedUsd.toFixed(6),
  ];
  return `| ${cells.join(' | ')} |`;
}
