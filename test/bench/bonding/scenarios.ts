import { geometryOf } from '../../../protocol/board/geometry.ts';
import { integralBoundMs, steady } from '../../sim/capacity.ts';

/** Which lines there are, and what happens on the way. */
export interface Scenario {
  name: string;
  /** The first is the owner's. */
  mbit: readonly number[];
  /** These devices (by their place) come once so much of the file is done. */
  joins?: ReadonlyArray<{ device: number; atShare: number }>;
  /** These are killed without a word. */
  dies?: ReadonlyArray<{ device: number; atShare: number }>;
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'single', mbit: [40] },
  { name: '2x20', mbit: [20, 20] },
  { name: '40+8', mbit: [40, 8] },
  { name: '20+8+2', mbit: [20, 8, 2] },
  {
    name: 'churn',
    mbit: [20, 20, 8],
    joins: [{ device: 2, atShare: 0.3 }],
    dies: [{ device: 1, atShare: 0.5 }],
  },
];

/** A device's time on the board. */
export interface Presence {
  mbit: number;
  fromMs: number;
  toMs: number;
}

/** What lines of these speeds can carry in these times, in bytes. */
export function capacityBytes(presences: readonly Presence[]): number {
  return presences.reduce((sum, { mbit, fromMs, toMs }) => sum + mbit * 125 * (toMs - fromMs), 0);
}

/**
 * The share of what the lines could carry that a perfect hand would get out of them: whole parts, none of which two lines
 * can share, and so much of each line for headers.
 */
export function possibleShare(
  presences: readonly Presence[],
  sizeBytes: number,
  payloadShare: number,
): number {
  const startMs = Math.min(...presences.map(({ fromMs }) => fromMs));
  const endMs = Math.max(...presences.map(({ toMs }) => toMs));
  // Whoever was there to the end would be for as long as it takes.
  const stays = presences.map(({ mbit, fromMs, toMs }) => ({
    mbit,
    fromMs: fromMs - startMs,
    toMs: toMs < endMs ? toMs - startMs : Number.POSITIVE_INFINITY,
  }));
  const links = stays.map(({ mbit, fromMs, toMs }) => ({
    capacity: steady(mbit * payloadShare),
    stays: [[fromMs, toMs]] as const,
  }));
  const boundMs = integralBoundMs(links, geometryOf(sizeBytes));
  const until = stays.map((stay) => ({ ...stay, toMs: Math.max(stay.fromMs, Math.min(stay.toMs, boundMs)) }));
  return sizeBytes / capacityBytes(until);
}
