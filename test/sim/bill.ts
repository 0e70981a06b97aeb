import { s3PutUsd } from '../../functions/metering/bill.ts';
import { MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import { steady } from './capacity.ts';
import { makeRandom } from './random.ts';
import { device } from './scenarios.ts';
import { FINE } from './weather.ts';
import { type Outcome, runWorld } from './world.ts';

interface Bill {
  devices: number;
  parts: number;
  /** Of each device. */
  megabits: number;
}

/** By number of devices; by number of parts; and with links so fast that parts come in by fours. */
export const BILLS: readonly Bill[] = [
  ...[1, 2, 3, 5, 10, 20, 50].map((devices) => ({ devices, parts: 1_000, megabits: 20 })),
  ...[100, 1_000, 10_000].map((parts) => ({ devices: 2, parts, megabits: 50 })),
  ...[100, 1_000, 10_000].map((parts) => ({ devices: 2, parts, megabits: 200 })),
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
