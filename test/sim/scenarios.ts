import { MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import { type Capacity, mbit, steady } from './capacity.ts';
import type { DevicePlan, Happening } from './device.ts';
import { makeRandom, type Random } from './random.ts';
import { FINE } from './weather.ts';
import type { WorldPlan } from './world.ts';

export const MIB = 1_048_576;
export const GIB = 1_024 * MIB;

/** What a scenario is held to. `churn`: its devices or links come and go. */
export interface Scenario {
  title: string;
  kind: 'static' | 'churn' | 'small';
  plan(random: Random): Pick<WorldPlan, 'sizeBytes' | 'devices'>;
}

/** A device as most are: some 20 to 35 ms away from the Region, a little jitter, a clock of its own. */
export function device(
  random: Random,
  name: string,
  capacity: Capacity,
  more: Partial<DevicePlan> = {},
): DevicePlan {
  return {
    name,
    role: 'helper',
    joinsAtMs: 0,
    capacity,
    oneWayMs: random.between(20, 35),
    jitterMs: 10,
    clockOriginMs: random.between(0, 1e6),
    clockDrift: random.between(-1e-4, 1e-4),
    happenings: [],
    isSaboteur: false,
    ...more,
  };
}

/** An owner and helpers with steady links of so many Mbit/s, all there from the beginning. */
function links(sizeBytes: number, megabits: readonly number[]): Scenario['plan'] {
  return (random) => ({
    sizeBytes,
    devices: megabits.map((rate, i) =>
      device(random, `device${i + 1}`, steady(rate), i === 0 ? { role: 'owner' } : {}),
    ),
  });
}

/** The same with one device, counted from 0, that is otherwise. */
function withOne(plan: Scenario['plan'], index: number, otherwise: Partial<DevicePlan>): Scenario['plan'] {
  return (random) => {
    const { devices, ...rest } = plan(random);
    return { ...rest, devices: devices.map((one, i) => (i === index ? { ...one, ...otherwise } : one)) };
  };
}

/** 20 + 8 + 2 Mbit/s, with something happening to the second. */
function eventful(
  sizeBytes: number,
  happenings: readonly Happening[],
  capacity = steady(8),
): Scenario['plan'] {
  return (random) => ({
    sizeBytes,
    devices: [
      device(random, 'device1', steady(20), { role: 'owner' }),
      device(random, 'device2', capacity, { happenings }),
      device(random, 'device3', steady(2)),
    ],
  });
}

/** From 1 to 50 Mbit/s, many slow ones and few fast ones, as lines are. */
function mixedRates(random: Random, count: number, mostMbit: number): number[] {
  return Array.from({ length: count }, () => Math.round(10 * mostMbit ** random.next()) / 10);
}

/** Halves and doubles every 20 s. */
function swinging(megabits: number): Capacity {
  return Array.from(
    { length: 500 },
    (_, i) => [i * 20_000, mbit(i % 2 === 0 ? megabits : megabits / 2)] as const,
  );
}

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'equal-2': { title: 'two equal links, 1 GiB', kind: 'static', plan: links(GIB, [20, 20]) },
  'equal-5': { title: 'five equal links, 1 GiB', kind: 'static', plan: links(GIB, [20, 20, 20, 20, 20]) },
  '20+8+2': { title: '20 + 8 + 2 Mbit/s, 1 GiB', kind: 'static', plan: links(GIB, [20, 8, 2]) },
  '100+1': { title: '100 + 1 Mbit/s, 1 GiB', kind: 'static', plan: links(GIB, [100, 1]) },
  fifty: {
    title: '50 devices of 1 to 50 Mbit/s, 10 GiB',
    kind: 'static',
    plan: (random) => links(10 * GIB, mixedRates(random, 50, 50))(random),
  },
  swing: {
    title: '20 + (8, halved and doubled every 20 s) + 2 Mbit/s, 1 GiB',
    kind: 'churn',
    plan: eventful(GIB, [], swinging(8)),
  },
  dies: {
    title: '20 + 8 + 2 Mbit/s, 1 GiB; the second dies silently at half',
    kind: 'churn',
    plan: eventful(GIB, [{ atMs: 143_000, what: 'dies' }]),
  },
  joins: {
    title: '20 + 8 + 2 Mbit/s, 1 GiB; the second joins at half',
    kind: 'churn',
    plan: withOne(links(GIB, [20, 8, 2]), 1, { joinsAtMs: 195_000 }),
  },
  returns: {
    title: '20 + 8 + 2 Mbit/s, 1 GiB; the second leaves and comes back 30 s later on a network of 5',
    kind: 'churn',
    plan: eventful(
      GIB,
      [
        { atMs: 120_000, what: 'loses-network', noticed: true },
        { atMs: 150_000, what: 'has-network' },
      ],
      [
        [0, mbit(8)],
        [150_000, mbit(5)],
      ],
    ),
  },
  'wifi-drop': {
    title: '20 + 8 + 2 Mbit/s, 1 GiB; the Wi-Fi of the second drops for 45 s and it does not notice',
    kind: 'churn',
    plan: eventful(GIB, [
      { atMs: 120_000, what: 'loses-network', noticed: false },
      { atMs: 165_000, what: 'has-network' },
    ]),
  },
  saboteur: {
    title: '20 + 8 Mbit/s and a helper that claims and never delivers, 1 GiB',
    kind: 'churn',
    plan: withOne(links(GIB, [20, 8, 8]), 2, { isSaboteur: true }),
  },
  liar: {
    title: '20 + 8 Mbit/s and a helper that claims, never delivers and says it has 1 Gbit/s, 1 GiB',
    kind: 'churn',
    plan: withOne(links(GIB, [20, 8, 8]), 2, { isSaboteur: true, liesBps: mbit(1_000) }),
  },
  '30MiB': { title: '20 + 8 + 2 Mbit/s, 30 MiB', kind: 'small', plan: links(30 * MIB, [20, 8, 2]) },
  '200MiB': { title: '20 + 8 + 2 Mbit/s, 200 MiB', kind: 'small', plan: links(200 * MIB, [20, 8, 2]) },
  '10GiB': { title: '20 + 8 + 2 Mbit/s, 10 GiB', kind: 'static', plan: links(10 * GIB, [20, 8, 2]) },
  '10000x200': {
    title: '10,000 parts, 200 devices of 1 to 20 Mbit/s',
    kind: 'static',
    plan: (random) => links(10_000 * MIN_PART_BYTES, mixedRates(random, 200, 20))(random),
  },
};

export function planOf(name: string, seed: number): WorldPlan {
  const scenario = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined;
  if (!scenario) {
    throw new RangeError(`expected one of ${Object.keys(SCENARIOS).join(', ')}; got ${name}`);
  }
  return {
    scenario: name,
    seed,
    weather: FINE,
    limitMs: 12 * 3_600_000,
    afterMs: 0,
    ...scenario.plan(makeRandom(seed)),
  };
}
