import { billFor } from '../../functions/metering/bill.ts';
import { watchHotItems } from '../../functions/metering/hot-items.ts';
import { makeMeter } from '../../functions/metering/meter.ts';
import type { Usage } from '../../functions/metering/usage.ts';
import { makeStripes } from '../../functions/table/stripes.ts';
import { geometryOf, partLength } from '../../protocol/board/geometry.ts';
import { decodeDown } from '../../protocol/codec.ts';
import { makeMemoryTable } from '../support/memory-table.ts';
import { makeAudit } from './audit.ts';
import { makeSimBucket } from './bucket.ts';
import { fluidBoundMs, integralBoundMs, type Presence } from './capacity.ts';
import { makeSimClock } from './clock.ts';
import { sha256OfPart } from './contents.ts';
import { type DevicePlan, makeSimDevice, type SimDevice } from './device.ts';
import { type Gateway, makeGateway } from './gateway.ts';
import { type Lambdas, makeLambdas } from './lambdas.ts';
import { makeRandom } from './random.ts';
import type { Weather } from './weather.ts';

/** All that a world is made of; the seed decides the rest. */
export interface WorldPlan {
  scenario: string;
  seed: number;
  sizeBytes: number;
  devices: readonly DevicePlan[];
  weather: Weather;
  /** If it is not finished by then, it never will be. */
  limitMs: number;
  /** Goes on for so long after the finish, to see whether everything comes to rest. */
  afterMs: number;
}

/** Of the file; and so many parts of each device besides: links that change make hedges that are lost. */
const MOST_WASTED_SHARE = 0.02;
const HEDGES_EACH = 2;
/** What one message may ask of the table at the most: eight stripes, each contended by many. */
const MOST_CALLS = 200;
/** And how often of the table the same stripe: once, and once for each time that somebody else was faster. */
const MOST_READS = 9;

/** What came of a world. */
export interface Outcome {
  scenario: string;
  seed: number;
  sizeBytes: number;
  parts: number;
  devices: number;
  /** From choosing the file until every device that carries has heard that the object is complete. */
  makespanMs: number;
  /** Of what the links together could have carried in that time. */
  shareOfSummedRate: number;
  /** Of what they could have carried in whole parts. */
  shareOfIntegralBound: number;
  /** Bytes sent beyond the file's own, as a share of them. */
  wastedRatio: number;
  usage: Usage;
  messagesPerPart: number;
  usdPerThousandParts: number;
  hottestWritesPerS: number;
  /** The longest that a device was sent. */
  largestFrameBytes: number;
  violations: string[];
  events: number;
  tookMs: number;
  /** When which share of the file was done. */
  progress: ReadonlyArray<readonly [atMs: number, share: number]>;
  deaths: number;
}

export async function runWorld(plan: WorldPlan, log?: (line: string) => void): Promise<Outcome> {
  const startedMs = performance.now();
  const { sizeBytes, weather } = plan;
  const isRough = Object.values(weather).some((chance) => chance > 0);
  // Nobody comes, goes or loses a frame without somebody's knowing, and functions do not die one after the other.
  const isSteady =
    weather.frameLost === 0 &&
    weather.tableFails === 0 &&
    (weather.lambdaDies === 0 || weather.deathsApartMs > 0) &&
    plan.devices.every((one) => one.happenings.length === 0);
  const geometry = geometryOf(sizeBytes);
  const random = makeRandom(plan.seed);
  const clock = makeSimClock();
  const meter = makeMeter();
  const hot = watchHotItems(clock.nowMs, meter);
  const bucket = makeSimBucket(() => Math.round(clock.nowMs()));
  const table = makeMemoryTable(hot);
  const audit = makeAudit(sizeBytes, bucket, makeStripes(table), clock.nowMs);
  const storeRandom = random.fork();

  const gateway: Gateway = makeGateway({
    clock,
    random: random.fork(),
    weather,
    meter,
    async invoke(event) {
      const result = await lambdas.socket(event);
      if (isRough && event.body !== undefined && result?.body !== undefined) {
        audit.answered(event.body, result.body);
      }
      return result;
    },
  });
  const lambdas: Lambdas = makeLambdas({
    clock,
    random: random.fork(),
    weather,
    meter,
    table,
    bucket,
    sockets: gateway.sockets,
    watch: audit.watch,
  });
  const decode = rememberingDecoder();
  const devices = plan.devices.map((device) =>
    makeSimDevice(device, {
      clock,
      random: random.fork(),
      gateway,
      sizeBytes,
      decode,
      put(url, checksum, part) {
        meter.s3Put();
        if (storeRandom.happens(weather.putRefused)) {
          return { state: 'refused', status: 503, code: 'SlowDown' };
        }
        const bytes = { sha256: sha256OfPart('the file', part), sizeBytes: partLength(geometry, part) };
        const answer = bucket.put(url, checksum, bytes);
        return storeRandom.happens(weather.putUnanswered) ? undefined : answer;
      },
    }),
  );

  // A helper comes by the owner's link, so not before there is one.
  const join = ({ plan: { role, joinsAtMs }, join: joinNow }: SimDevice) => {
    const owner = devices.find((device) => device.plan.role === 'owner');
    const isThereSomething = () => role === 'owner' || owner?.upload()?.board() !== undefined;
    const tryToJoin = () => (isThereSomething() ? joinNow() : void clock.after(10, tryToJoin));
    clock.after(joinsAtMs, tryToJoin);
  };
  for (const one of devices) join(one);

  const progress: Array<readonly [number, number]> = [];
  const watchProgress = () => {
    const best = Math.max(0, ...devices.map((device) => device.upload()?.board()?.replica.doneParts() ?? 0));
    progress.push([clock.nowMs(), best / geometry.parts]);
    clock.quietly(1_000, watchProgress);
    if (plan.afterMs > 0 && isSteady) audit.look(devices, clock.nowMs());
    if (log && progress.length % 10 === 1) log(`${Math.round(clock.nowMs() / 1000)} s: ${best} parts`);
  };
  watchProgress();

  const isThere = ({ isAlive, hasQuit, network, plan: { role } }: SimDevice) =>
    isAlive && !hasQuit && network.isUp() && role !== 'watcher';
  const isFinished = () => {
    // Asked after every event: as long as there is no object, there is nothing to look for.
    if (!bucket.hasObject()) return false;
    const there = devices.filter(isThere);
    return there.length > 0 && there.every((device) => device.isFinished());
  };
  const isOver = await clock.run(isFinished, plan.limitMs);
  const makespanMs = clock.nowMs();
  gateway.settle();
  const atEnd = meter.usage();
  if (!isOver) audit.violations.push(`not finished after ${Math.round(makespanMs)} ms`);
  if (plan.afterMs > 0) {
    await clock.run(() => false, makespanMs + plan.afterMs);
    if (isOver) audit.atTheEnd(devices, weather.frameLost > 0);
  } else if (isOver) {
    audit.atTheEnd(
      devices.filter((device) => device.plan.role !== 'watcher'),
      true,
    );
  }
  if (lambdas.mostCalls() > MOST_CALLS) {
    audit.violations.push(`I6: one message made ${lambdas.mostCalls()} calls to the table`);
  }
  if (lambdas.mostReads() > MOST_READS) {
    audit.violations.push(`I6: one message read a stripe ${lambdas.mostReads()} times`);
  }
  audit.violations.push(...lambdas.mishaps.map((mishap) => `internal: ${mishap}`));

  const presences = plan.devices.map(presenceOf);
  const sentBytes = devices.reduce((sum, { uplink }) => sum + uplink.sentBytes(), 0);
  const usage = atEnd;
  // More than that has been sent twice without need.
  const inVain = sentBytes - sizeBytes;
  if (
    !isRough &&
    isSteady &&
    inVain > MOST_WASTED_SHARE * sizeBytes + HEDGES_EACH * plan.devices.length * geometry.partBytes
  ) {
    audit.violations.push(`C6: ${Math.round(inVain)} bytes were sent in vain`);
  }
  return {
    scenario: plan.scenario,
    seed: plan.seed,
    sizeBytes,
    parts: geometry.parts,
    devices: plan.devices.length,
    makespanMs,
    shareOfSummedRate: fluidBoundMs(presences, sizeBytes) / makespanMs,
    shareOfIntegralBound: integralBoundMs(presences, geometry) / makespanMs,
    wastedRatio: sentBytes / sizeBytes - 1,
    usage,
    messagesPerPart: usage.socketMessages / geometry.parts,
    usdPerThousandParts: (billFor(usage).coordinationUsd * 1_000) / geometry.parts,
    hottestWritesPerS: hot.hottest()?.writeUnitsPerS ?? 0,
    largestFrameBytes: gateway.largestFrameBytes(),
    violations: [...new Set(audit.violations)],
    events: clock.events,
    tookMs: performance.now() - startedMs,
    progress,
    deaths: lambdas.deaths(),
  };
}

/** Two hundred devices hear the same frame: it is read once. */
function rememberingDecoder(): typeof decodeDown {
  const known = new Map<string, ReturnType<typeof decodeDown>>();
  return (frame) => {
    const before = known.get(frame);
    if (before) return before;
    if (known.size > 1_000) known.clear();
    const decoded = decodeDown(frame);
    known.set(frame, decoded);
    return decoded;
  };
}

/** When a device could have carried something. */
function presenceOf({ capacity, joinsAtMs, happenings, role, isSaboteur }: DevicePlan): Presence {
  if (role === 'watcher' || isSaboteur) return { capacity, stays: [] };
  const stays: Array<readonly [number, number]> = [];
  let fromMs: number | undefined = joinsAtMs;
  for (const { atMs, what } of [...happenings].sort((a, b) => a.atMs - b.atMs)) {
    if (what === 'has-network') fromMs ??= atMs;
    else if (fromMs !== undefined) {
      stays.push([fromMs, atMs]);
      fromMs = undefined;
    }
  }
  if (fromMs !== undefined) stays.push([fromMs, Number.POSITIVE_INFINITY]);
  return { capacity, stays };
}
