import { geometryOf, partLength } from '../../protocol/board/geometry.ts';
import { MIN_LEASE_MS } from '../../protocol/board/lease.ts';
import type { decodeDown } from '../../protocol/codec.ts';
import { makeCarrier } from '../../web/engine/carrier.ts';
import { type Connection, makeConnection } from '../../web/engine/connection.ts';
import type { Clock, FilePort, PutOutcome, Task } from '../../web/engine/ports.ts';
import { makeUpload, type Upload } from '../../web/engine/upload.ts';
import type { StoreAnswer } from './bucket.ts';
import type { Capacity } from './capacity.ts';
import type { SimClock } from './clock.ts';
import { sha256OfPart } from './contents.ts';
import type { Gateway } from './gateway.ts';
import { makeNetwork, type Network } from './network.ts';
import type { Random } from './random.ts';
import { makeUplink, type Uplink } from './uplink.ts';

/** What becomes of a device, and when. */
export type Happening =
  /** Without a word, for good. */
  | { atMs: number; what: 'dies' }
  /** Its network is gone, and it knows or does not. */
  | { atMs: number; what: 'loses-network'; noticed: boolean }
  | { atMs: number; what: 'has-network' }
  /** Its page is closed as one should. */
  | { atMs: number; what: 'quits' };

export interface DevicePlan {
  name: string;
  role: 'owner' | 'helper' | 'watcher';
  joinsAtMs: number;
  capacity: Capacity;
  oneWayMs: number;
  jitterMs: number;
  /** Its clock starts here and runs so much too fast. */
  clockOriginMs: number;
  clockDrift: number;
  happenings: readonly Happening[];
  /** It claims as others do and never delivers anything. */
  isSaboteur: boolean;
  /** It says again and again that it is so fast, in bytes a second, and has nothing left to send. */
  liesBps?: number;
}

export const SECRETS = { own: 'o'.repeat(22), help: 'h'.repeat(22), watch: 'w'.repeat(22) };
/** What `crypto.subtle` in a browser reads and hashes in a second, as measured; where there is none, it is half of that. */
const HASH_BYTES_PER_S = 200 * 1_048_576;
/** As web/browser/put.ts has them. */
const STALLED_AFTER_MS = 30_000;
/** From the last byte until the store has it on disk. */
const STORE_MS = 30;
export const AT_ONCE = 4;
const LIES_EVERY_MS = 2_000;

export interface SimDevice {
  readonly plan: DevicePlan;
  readonly uplink: Uplink;
  readonly network: Network;
  readonly isAlive: boolean;
  readonly hasQuit: boolean;
  join(): void;
  /** Undefined before it joins. */
  upload(): Upload | undefined;
  isFinished(): boolean;
  /** How often it was told that the upload is finished, as far as its page can tell. */
  finishes(): number;
}

export interface DeviceOptions {
  clock: SimClock;
  random: Random;
  gateway: Gateway;
  sizeBytes: number;
  /** The store's side of a PUT, once all bytes are there. Undefined: it is stored, and the answer gets lost. */
  put(url: string, checksum: string, part: number): StoreAnswer | undefined;
  decode: typeof decodeDown;
}

export function makeSimDevice(plan: DevicePlan, options: DeviceOptions): SimDevice {
  const { clock, random, gateway, sizeBytes } = options;
  const network = makeNetwork(random.fork(), plan.oneWayMs, plan.jitterMs);
  const uplink = makeUplink(clock, plan.capacity);
  let isAlive = true;
  let hasQuit = false;
  let upload: Upload | undefined;
  let finishes = 0;
  let wasFinished = false;

  const pace = 1 + plan.clockDrift;
  const own: Clock = {
    nowMs: () => plan.clockOriginMs + clock.nowMs() * pace,
    after: (ms, call) => clock.after(ms / pace, () => isAlive && call()),
  };
  const isFinished = () => upload?.board()?.state.state === 'finished';

  const join = () => {
    const socketsFor = gateway.socketsFor(network);
    const connection = makeConnection({
      openSocket: (events) =>
        socketsFor({
          opened: () => isAlive && events.opened(),
          frame: (text) => isAlive && events.frame(text),
          closed: () => isAlive && events.closed(),
        }),
      clock: own,
      random: random.fork().next,
      device: { key: plan.name.padEnd(22, '-'), name: plan.name },
      decode: options.decode,
    });
    const isOwner = plan.role === 'owner';
    const info = { name: 'a file.bin', sizeBytes, type: '' };
    upload = makeUpload(
      {
        connection,
        clock: own,
        random: random.fork().next,
        resolve: (url) => `http://sim.test${url}`,
        atOnce: AT_ONCE,
        makeCarrier,
      },
      isOwner
        ? { kind: 'create', file: info, secrets: SECRETS }
        : { kind: 'join', secret: plan.role === 'helper' ? SECRETS.help : SECRETS.watch },
      plan.role === 'watcher' ? undefined : makeSimFile(plan, options, network, uplink, () => isAlive),
    );
    if (plan.liesBps !== undefined) clock.after(LIES_EVERY_MS, () => lie(connection, plan.liesBps ?? 0));
    upload.onChange(() => {
      if (wasFinished === isFinished()) return;
      wasFinished = !wasFinished;
      if (wasFinished) finishes++;
    });
    for (const happening of plan.happenings) {
      clock.after(happening.atMs - clock.nowMs(), () => isAlive && befall(happening));
    }
    const befall = (happening: Happening) => {
      if (happening.what === 'dies') {
        isAlive = false;
        network.goDown(true);
        uplink.setDown(true);
      } else if (happening.what === 'loses-network') {
        network.goDown(happening.noticed);
        uplink.setDown(true);
      } else if (happening.what === 'has-network') {
        network.comeUp();
        uplink.setDown(false);
        // As the page does when the browser says `online`.
        connection.tryNow();
      } else {
        hasQuit = true;
        upload?.close();
        connection.close();
      }
    };
  };
  /** An ordinary message, of which nothing is true. */
  const lie = (connection: Connection, rateBps: number) => {
    const board = upload?.board();
    if (!isAlive || hasQuit || isFinished()) return;
    clock.after(LIES_EVERY_MS, () => lie(connection, rateBps));
    if (!board) return;
    const nothing = { done: [], hashes: [], want: [], hedge: [], release: [] };
    void connection.request({
      type: 'sync',
      upload: board.info.upload,
      ...nothing,
      renew: [1],
      again: true,
      leaseMs: MIN_LEASE_MS,
      rateBps,
      backlogBytes: 0,
    });
  };

  return {
    plan,
    uplink,
    network,
    get isAlive() {
      return isAlive;
    },
    get hasQuit() {
      return hasQuit;
    },
    join,
    upload: () => upload,
    isFinished,
    finishes: () => finishes,
  };
}

/** A file whose bytes need not exist. */
function makeSimFile(
  plan: DevicePlan,
  { clock, sizeBytes, put }: DeviceOptions,
  network: Network,
  uplink: Uplink,
  isAlive: () => boolean,
): FilePort {
  const geometry = geometryOf(sizeBytes);
  const partAt = (startByte: number) => Math.floor(startByte / geometry.partBytes) + 1;
  let hasherFreeMs = 0;

  return {
    name: 'a file.bin',
    sizeBytes,
    type: '',
    hash({ startByte, endByte }) {
      const part = partAt(startByte);
      hasherFreeMs =
        Math.max(hasherFreeMs, clock.nowMs()) + ((endByte - startByte) * 1_000) / HASH_BYTES_PER_S;
      return task((settle) => {
        const sha256 = sha256OfPart('the file', part);
        return clock.after(hasherFreeMs - clock.nowMs(), () => settle({ state: 'hashed', sha256 }));
      });
    },
    put({ startByte }, request, onSent) {
      const part = partAt(startByte);
      const lengthBytes = partLength(geometry, part);
      return task<PutOutcome>((settle) => {
        if (plan.isSaboteur) return () => {};
        if (!network.isUp()) {
          return clock.after(100, () => settle({ state: 'failed', reason: 'network' }));
        }
        let lastMs = clock.nowMs();
        let isSent = false;
        const stopWatching = every(clock, STALLED_AFTER_MS / 4, () => {
          if (!isSent && clock.nowMs() - lastMs >= STALLED_AFTER_MS) {
            settle({ state: 'failed', reason: 'stalled' });
          }
        });
        const arrive = () => {
          if (!isAlive()) return;
          const answer = put(request.url, request.headers['x-amz-checksum-sha256'] ?? '', part);
          const { outages } = network;
          clock.quietly(network.oneWayMs(), () => {
            const isLost = !answer || !network.isUp() || network.outages !== outages;
            settle(isLost ? { state: 'failed', reason: 'network' } : answer);
          });
        };
        const stopSending = uplink.send(
          lengthBytes,
          (sentBytes) => {
            if (!isAlive()) return;
            lastMs = clock.nowMs();
            onSent(sentBytes);
          },
          () => {
            isSent = true;
            clock.quietly(network.oneWayMs() + STORE_MS, arrive);
          },
        );
        const stopNoticing = network.onNoticed(() => settle({ state: 'failed', reason: 'network' }));
        return () => {
          stopWatching();
          stopSending();
          stopNoticing();
        };
      });
    },
    close() {},
  };

  /** `start` answers what is to be done when it is over, however it ends. */
  function task<Outcome>(
    start: (settle: (outcome: Outcome | { state: 'aborted' }) => void) => () => void,
  ): Task<Outcome | { state: 'aborted' }> {
    let isOver = false;
    let end = (_: Outcome | { state: 'aborted' }) => {};
    const result = new Promise<Outcome | { state: 'aborted' }>((resolve) => {
      end = (outcome) => {
        if (isOver || !isAlive()) return;
        isOver = true;
        cleanUp();
        resolve(outcome);
        clock.stir();
      };
    });
    let cleanUp = () => {};
    cleanUp = start((outcome) => end(outcome));
    return { result, abort: () => end({ state: 'aborted' }) };
  }
}

function every(clock: SimClock, ms: number, call: () => void): () => void {
  let cancel = () => {};
  const next = () => {
    cancel = clock.quietly(ms, () => {
      next();
      call();
    });
  };
  next();
  return () => cancel();
}
