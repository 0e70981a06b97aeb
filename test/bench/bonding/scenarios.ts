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
