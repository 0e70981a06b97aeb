import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { makeFinishHandler } from '../../functions/finish/handler.ts';
import { FINISH_MEMORY_MB, SOCKET_MEMORY_MB } from '../../functions/lambda-memory.ts';
import type { Meter } from '../../functions/metering/meter.ts';
import { meteredBucket } from '../../functions/metering/metered-bucket.ts';
import type { Ports, Sockets } from '../../functions/ports.ts';
import { makeSocketHandler, type SocketResult } from '../../functions/socket/handler.ts';
import { makeManifests } from '../../functions/table/manifests.ts';
import { makeMembers } from '../../functions/table/members.ts';
import { makeNotices } from '../../functions/table/notices.ts';
import { makePeople } from '../../functions/table/people.ts';
import { makeQuotas } from '../../functions/table/quotas.ts';
import { makeRegister } from '../../functions/table/register.ts';
import { makeShares } from '../../functions/table/shares.ts';
import { makeStripes } from '../../functions/table/stripes.ts';
import type { Table } from '../../functions/table/table.ts';
import { makeUploads } from '../../functions/table/uploads.ts';
import type { SimBucket } from './bucket.ts';
import type { SimClock } from './clock.ts';
import type { Random } from './random.ts';
import type { Weather } from './weather.ts';

/** A read or write of the table, there and back. */
const TABLE_MS: readonly [number, number] = [3, 6];
const BUCKET_MS: readonly [number, number] = [30, 60];
/** From `start` until the finish runs. */
const START_MS = 50;
/** A Lambda may die at any of its first so many steps. */
const STEPS = 24;

class StorageError extends Error {
  override readonly name = 'StorageError';
  /** As the SDK marks errors of a service. */
  readonly $fault = 'server';
}

export interface Lambdas {
  socket(event: APIGatewayProxyWebsocketEventV2): Promise<SocketResult | undefined>;
  /** The most calls to the table that one message made (I6). */
  mostCalls(): number;
  /** The most often that one message read the same stripe (I6). */
  mostReads(): number;
  /** Happenings that the handlers logged as faults. */
  readonly mishaps: string[];
  /** How many died on the way. */
  deaths(): number;
}

export interface LambdasOptions {
  clock: SimClock;
  random: Random;
  weather: Weather;
  meter: Meter;
  table: Table;
  bucket: SimBucket;
  sockets: Sockets;
  /** Wraps what the handlers see, to watch it. */
  watch(ports: Ports): Ports;
}

/** The handlers themselves, on a table and a bucket that take their time, fail, and processes that die. */
export function makeLambdas(options: LambdasOptions): Lambdas {
  const { clock, random, weather, meter } = options;
  const mishaps: string[] = [];
  let mostCalls = 0;
  let mostReads = 0;
  let deaths = 0;
  let lastDeathMs = Number.NEGATIVE_INFINITY;
  let tokens = 0;

  const slowly = <Port extends object>(
    target: Port,
    [min, max]: readonly [number, number],
    failure: number,
    counted: () => void,
  ): Port =>
    wrapped(target, async (make) => {
      counted();
      await clock.sleep(random.between(min, max));
      if (!random.happens(failure)) return make();
      if (random.happens(0.5)) await make();
      throw new StorageError('the storage has troubles of its own');
    });

  /** All ports of one process. */
  const portsOf = (counted: () => void): Ports => {
    const skewMs = Math.round(random.between(-1, 1) * weather.lambdaSkewMs);
    // The table's time of origin is 0, a moment before which nothing can be.
    const nowMs = () => Math.max(0, Math.round(clock.nowMs()) + skewMs);
    const table = slowly(options.table, TABLE_MS, weather.tableFails, counted);
    const { create, listParts, complete, head, abort } = options.bucket;
    const requests = { create, listParts, complete, head, abort };
    const bucket = meteredBucket(
      { ...options.bucket, ...slowly(requests, BUCKET_MS, weather.bucketFails, () => {}) },
      meter,
    );
    return options.watch({
      uploads: makeUploads(table),
      shares: makeShares(table),
      stripes: makeStripes(table),
      manifests: makeManifests(table),
      members: makeMembers(table, nowMs),
      register: makeRegister(table),
      quotas: makeQuotas(table, nowMs),
      people: makePeople(table),
      notices: makeNotices(table),
      mailer: { send: async () => {} },
      bucket,
      sockets: options.sockets,
      finisher: { start: async (upload) => void clock.after(START_MS, () => void finish(upload)) },
      clock: { nowMs, sleep: clock.sleep },
      random: random.next,
      newToken: () => `token${++tokens}`,
      log: ({ kind, error, at }) => {
        if (kind === 'mishap' && error !== 'StorageError') mishaps.push(`${error}: ${at}`);
      },
    });
  };

  const noCount = () => {};
  const healthy = portsOf(noCount);
  const isFine = Object.values(weather).every((value) => value === 0);

  /** A process of its own that may die; until then it does what it should. */
  const run = async <Result>(
    memoryMb: number,
    work: (ports: Ports) => Promise<Result>,
  ): Promise<Result | undefined> => {
    const startedMs = clock.nowMs();
    let calls = 0;
    const ports = isFine ? healthy : portsOf(() => calls++);
    const reads = new Map<number, number>();
    const counted = isFine ? ports : countingReads(ports, reads);
    const isSpared = clock.nowMs() - lastDeathMs < weather.deathsApartMs;
    const diesAt = random.happens(weather.lambdaDies) && !isSpared ? random.whole(1, STEPS) : undefined;
    try {
      if (diesAt === undefined) return await work(counted);
      const mortal = dyingAt(counted, diesAt, random.happens(0.5));
      lastDeathMs = weather.deathsApartMs > 0 ? clock.nowMs() : lastDeathMs;
      const result = await Promise.race([work(mortal.ports), mortal.death]);
      if (mortal.isDead()) deaths++;
      return result;
    } finally {
      mostCalls = Math.max(mostCalls, calls);
      mostReads = Math.max(mostReads, ...reads.values());
      meter.invoked(clock.nowMs() - startedMs, memoryMb);
      clock.stir();
    }
  };

  const finish = async (upload: string) => {
    // An asynchronous call that fails is somebody's to log; nobody waits for it.
    await run(FINISH_MEMORY_MB, (ports) => makeFinishHandler(ports)({ upload })).catch(() => undefined);
  };

  return {
    socket: (event) =>
      run(SOCKET_MEMORY_MB, (ports) => makeSocketHandler(ports)(event)).catch(() => undefined),
    mostCalls: () => mostCalls,
    mostReads: () => mostReads,
    mishaps,
    deaths: () => deaths,
  };
}

/** The same ports, on which it is counted how often each stripe is read. */
function countingReads(ports: Ports, reads: Map<number, number>): Ports {
  const load: Ports['stripes']['load'] = (upload, s) => {
    reads.set(s, (reads.get(s) ?? 0) + 1);
    return ports.stripes.load(upload, s);
  };
  return { ...ports, stripes: { ...ports.stripes, load } };
}

const MORTAL = [
  'uploads',
  'stripes',
  'manifests',
  'members',
  'shares',
  'register',
  'bucket',
  'sockets',
  'finisher',
] as const;

/** A process that dies at this step, before it is made or just after: no call of its returns any more. */
function dyingAt(ports: Ports, step: number, afterDeed: boolean) {
  let steps = 0;
  let isDead = false;
  let die = () => {};
  const death = new Promise<undefined>((resolve) => {
    die = () => resolve(undefined);
  });
  const never = new Promise<never>(() => {});
  const call = async (make: () => unknown): Promise<unknown> => {
    if (isDead) return never;
    if (++steps < step) {
      const answer = await make();
      return isDead ? never : answer;
    }
    isDead = true;
    die();
    if (afterDeed) await make();
    return never;
  };
  const wrap = Object.fromEntries(MORTAL.map((name) => [name, wrapped(ports[name], call)]));
  const sleep = async (ms: number) => {
    await ports.clock.sleep(ms);
    if (isDead) await never;
  };
  return {
    ports: { ...ports, ...wrap, clock: { ...ports.clock, sleep } } as Ports,
    death,
    isDead: () => isDead,
  };
}

/** The same methods, each call of which goes through `call`. */
function wrapped<Port extends object>(target: Port, call: (make: () => unknown) => Promise<unknown>): Port {
  const entries = Object.entries(target).map(([name, method]) => [
    name,
    (...args: unknown[]) =>
      call(() => Reflect.apply(method as (...args: unknown[]) => unknown, target, args)),
  ]);
  return Object.fromEntries(entries) as Port;
}
