import { MIN_PART_BYTES } from '../../protocol/board/geometry.ts';
import { type Capacity, mbit } from './capacity.ts';
import type { DevicePlan, Happening } from './device.ts';
import { makeRandom, type Random } from './random.ts';
import { device } from './scenarios.ts';
import { FINE, type Weather } from './weather.ts';
import type { WorldPlan } from './world.ts';

/** A random world in which much goes wrong. One device that has the file lives; so the upload has to end. */
export function chaosOf(seed: number): WorldPlan {
  const random = makeRandom(seed);
  const parts = random.whole(1, random.happens(0.2) ? 200 : 40);
  const count = random.whole(1, 6);
  const survivor = random.whole(0, count - 1);
  const devices = Array.from({ length: count }, (_, i) => anyDevice(random, i, i === survivor));
  // The owner alone knows the hashes: if it dies for good, what it has not published nobody can carry. It lives.
  const owner = devices[0];
  if (owner)
    devices[0] = { ...owner, role: 'owner', isSaboteur: false, happenings: passing(owner.happenings) };
  if (random.happens(0.3)) devices.push(device(random, 'watcher', [[0, 0]], { role: 'watcher' }));
  return {
    scenario: 'chaos',
    seed,
    // The last part is seldom a whole one.
    sizeBytes: parts * MIN_PART_BYTES - random.whole(0, MIN_PART_BYTES - 1),
    devices,
    weather: anyWeather(random),
    limitMs: 24 * 3_600_000,
    afterMs: 180_000,
  };
}

/** A random world in which functions die at any of their steps, and nothing else goes wrong: nobody is left behind. */
export function mortalOf(seed: number): WorldPlan {
  const plan = chaosOf(seed);
  const devices = plan.devices.map((one) => ({ ...one, happenings: [] }));
  return { ...plan, scenario: 'mortal', devices, weather: { ...FINE, lambdaDies: 0.2 } };
}

/** A random world in which nothing goes wrong: what is sent twice there, is so without need. */
export function calmOf(seed: number): WorldPlan {
  const plan = mortalOf(seed);
  return { ...plan, scenario: 'calm', weather: FINE };
}

/**
 * Slow lines, on which long nothing is said; and either one function dies now and then, or frames fail. What is not told
 * then, nothing else tells soon.
 */
export function quietOf(seed: number): WorldPlan {
  const random = makeRandom(seed);
  const count = random.whole(2, 4);
  const devices = Array.from({ length: count }, (_, i) =>
    device(
      random,
      `device${i + 1}`,
      [[0, mbit(2 ** random.between(-1, 1))]],
      i === 0 ? { role: 'owner' } : {},
    ),
  );
  devices.push(device(random, 'watcher', [[0, 0]], { role: 'watcher' }));
  const weather = random.happens(0.5)
    ? { ...FINE, lambdaDies: 0.5, deathsApartMs: 60_000 }
    : { ...FINE, postFails: 0.1 };
  const sizeBytes = random.whole(4, 24) * MIN_PART_BYTES;
  return { scenario: 'quiet', seed, sizeBytes, devices, weather, limitMs: 24 * 3_600_000, afterMs: 180_000 };
}

/** The random world of this number: most are of the worst kind, and some of a kind that shows what hides in those. */
export function worldOf(seed: number): WorldPlan {
  const kinds = [mortalOf, lyingOf, quietOf, lyingOf, calmOf, quietOf, lyingOf, chaosOf] as const;
  return (kinds[seed % kinds.length] ?? chaosOf)(seed);
}

/** The worst kind, in which some of those that claim and never deliver say that they do. */
function lyingOf(seed: number): WorldPlan {
  const plan = chaosOf(seed);
  const random = makeRandom(seed ^ 0x11a6);
  const last = plan.devices.length - 1;
  const devices = plan.devices.map((one, i) => {
    const isLiar = one.isSaboteur || (i === last && random.happens(0.3));
    return isLiar && one.role === 'helper' ? { ...one, liesBps: mbit(10 ** random.between(0, 4)) } : one;
  });
  return { ...plan, scenario: 'lying', devices };
}

function anyDevice(random: Random, i: number, isSurvivor: boolean): DevicePlan {
  const happenings = anyHappenings(random);
  return device(random, `device${i + 1}`, anyCapacity(random), {
    joinsAtMs: i === 0 ? 0 : random.whole(0, 60_000),
    oneWayMs: random.between(1, 300),
    jitterMs: random.between(0, 200),
    clockDrift: random.between(-0.01, 0.01),
    happenings: isSurvivor ? passing(happenings) : happenings,
    isSaboteur: !isSurvivor && random.happens(0.1),
  });
}

/** Changes now and then; never stands still for good. */
function anyCapacity(random: Random): Capacity {
  const rate = () => mbit(2 ** random.between(0, 7));
  const changes = Array.from({ length: random.whole(0, 4) }, () => random.whole(1_000, 200_000));
  return [[0, rate()], ...changes.sort((a, b) => a - b).map((ms) => [ms, rate()] as const)];
}

function anyHappenings(random: Random): Happening[] {
  const happenings: Happening[] = [];
  let atMs = 0;
  for (let i = random.whole(0, 3); i > 0; i--) {
    atMs += random.whole(500, 90_000);
    happenings.push({ atMs, what: 'loses-network', noticed: random.happens(0.5) });
    atMs += random.whole(100, 90_000);
    happenings.push({ atMs, what: 'has-network' });
  }
  if (random.happens(0.3)) {
    happenings.push({
      atMs: atMs + random.whole(500, 120_000),
      what: random.happens(0.5) ? 'dies' : 'quits',
    });
  }
  return happenings;
}

/** Without those that are for good. */
function passing(happenings: readonly Happening[]): Happening[] {
  return happenings.filter(({ what }) => what !== 'dies' && what !== 'quits');
}

function anyWeather(random: Random): Weather {
  const maybe = (most: number) => (random.happens(0.5) ? random.between(0, most) : 0);
  return {
    ...FINE,
    frameLost: maybe(0.05),
    frameRepeated: maybe(0.1),
    frameLate: maybe(0.1),
    postFails: maybe(0.05),
    lambdaDies: maybe(0.1),
    tableFails: maybe(0.03),
    bucketFails: maybe(0.1),
    putRefused: maybe(0.1),
    putUnanswered: maybe(0.1),
    lambdaSkewMs: random.happens(0.5) ? random.between(0, 500) : 0,
  };
}
