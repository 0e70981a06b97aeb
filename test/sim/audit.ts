import type { Ports, Stripes } from '../../functions/ports.ts';
import { type Bits, NO_BITS, partsOf } from '../../protocol/board/bits.ts';
import { geometryOf, partLength } from '../../protocol/board/geometry.ts';
import { type Lease, MAX_LEASES, type Stripe } from '../../protocol/board/stripe.ts';
import { decodeDown, decodeUp } from '../../protocol/codec.ts';
import { stripeToWire } from '../../protocol/messages/board.ts';
import { isOver } from '../../web/engine/board-session.ts';
import type { SimBucket } from './bucket.ts';
import { sha256OfPart } from './contents.ts';
import type { SimDevice } from './device.ts';

/** Watches a world for what must never be false: the invariants of the design, by their numbers. */
export interface Audit {
  readonly violations: string[];
  /** Sees what the handlers store. */
  watch(ports: Ports): Ports;
  /** A device's message was answered so. */
  answered(message: string, answer: string): void;
  /** From time to time, where nothing can be lost without somebody's knowing: nobody is left behind for long. */
  look(devices: readonly SimDevice[], nowMs: number): void;
  /** Once nothing happens any more. */
  atTheEnd(devices: readonly SimDevice[], isSilentlyLossy: boolean): void;
}

/**
 * A function dies, its caller waits 15 s for the answer and says it again; or a frame fails, its connection is cut, and
 * its device comes back.
 */
const BEHIND_MS = 30_000;

/** `truth`: the stripes as they are stored, past all that delays and fails. */
export function makeAudit(
  sizeBytes: number,
  bucket: SimBucket,
  truth: Pick<Stripes, 'load'>,
  nowMs: () => number,
): Audit {
  const geometry = geometryOf(sizeBytes);
  const violations: string[] = [];
  const stored = new Map<number, Stripe>();
  /** When which revision of each stripe was stored. */
  const storedAt = new Map<number, Array<readonly [rev: number, atMs: number]>>();
  const openSinceMs = new Map<SimDevice, number>();
  let key = '';

  const violate = (what: string) => {
    if (!violations.includes(what)) violations.push(what);
  };
  const isInStore = (part: number) => bucket.hasPart(key, part, sha256OfPart('the file', part));

  const saved = (upload: string, next: Stripe) => {
    key = `uploads/${upload}`;
    const before = stored.get(next.s);
    if (before && next.rev <= before.rev) return;
    stored.set(next.s, next);
    storedAt.set(next.s, [...(storedAt.get(next.s) ?? []), [next.rev, nowMs()]]);
    for (const broken of brokenRules(before, next)) violate(broken);
    for (const part of partsOf(next.s, next.done & ~(before?.done ?? 0n))) {
      if (!isInStore(part)) violate(`I1: part ${part} is done on the board and not in S3`);
    }
    for (const part of partsOf(next.s, (before?.done ?? 0n) & ~next.done)) {
      if (isInStore(part)) violate(`I3: part ${part} was done and is not any more, though S3 has it`);
    }
    if ((before?.known ?? 0n) & ~next.known) violate(`M2: a known ticket of stripe ${next.s} became unknown`);
  };

  const isObjectRight = () => {
    const object = bucket.object(key);
    if (!object || object.size !== geometry.parts) return false;
    return Array.from({ length: geometry.parts }, (_, i) => i + 1).every((part) => {
      const { sha256, sizeBytes: bytes } = object.get(part) ?? {};
      return sha256 === sha256OfPart('the file', part) && bytes === partLength(geometry, part);
    });
  };

  return {
    violations,
    watch: (ports) => ({
      ...ports,
      stripes: {
        ...ports.stripes,
        async save(upload, next) {
          try {
            return await ports.stripes.save(upload, next);
          } finally {
            // Whatever its writer was told: what counts is what is stored.
            saved(upload, await truth.load(upload, next.s));
          }
        },
      },
    }),
    answered(message, answer) {
      const said = decodeUp(message);
      const told = decodeDown(answer);
      if (!said.ok || said.message.type !== 'sync' || !told.ok || told.message.type !== 'granted') return;
      // What has ended takes no reports any more.
      if (isOver(told.message.state)) return;
      for (const part of said.message.done) {
        const stripe = stored.get(Math.floor((part - 1) / 64));
        const isDone = partsOf(stripe?.s ?? 0, stripe?.done ?? 0n).includes(part);
        if (!isDone && isInStore(part))
          violate(`I5: part ${part} was acknowledged and is not stored as done`);
      }
    },
    look(devices, atMs) {
      for (const device of devices) {
        const board = device.upload()?.board();
        if (!board) continue;
        const openMs = openSinceMs.get(device) ?? atMs;
        openSinceMs.set(device, openMs);
        for (const [s, revs] of storedAt) {
          const has = board.replica.stripe(s).rev;
          const missed = revs.find(([rev]) => rev > has);
          if (missed && atMs - Math.max(missed[1], openMs) > BEHIND_MS) {
            violate(
              `I4: ${device.plan.name} has not heard of stripe ${s} at ${missed[0]} for ${BEHIND_MS} ms`,
            );
          }
        }
      }
    },
    atTheEnd(devices, isSilentlyLossy) {
      if (bucket.completions(key) !== 1) violate(`I7: the object was made ${bucket.completions(key)} times`);
      if (!isObjectRight()) violate('I2: the object is not the file');
      for (const { plan, isAlive, hasQuit, network, upload, isFinished, finishes } of devices) {
        const board = upload()?.board();
        if (!isAlive || hasQuit || !network.isUp() || !board) continue;
        if (!isFinished() && !(isSilentlyLossy && plan.role === 'watcher')) {
          violate(`I7: ${plan.name} was not told of the finish`);
        }
        if (finishes() > 1) violate(`I7: ${plan.name} saw ${finishes()} finishes`);
        if (isSilentlyLossy) continue;
        for (const [s, stripe] of stored) {
          if (wire(board.replica.stripe(s)) !== wire(stripe)) {
            violate(`I4: ${plan.name} has stripe ${s} at ${board.replica.stripe(s).rev}, not ${stripe.rev}`);
          }
        }
      }
    },
  };
}

/** The rules of leases, as a stored stripe shows them. */
function brokenRules(before: Stripe | undefined, next: Stripe): string[] {
  const { s, leases, done, known } = next;
  const { once, twice, thrice } = holdersOf(leases);
  const broken: string[] = [];
  if (thrice !== NO_BITS) broken.push(`S4: a ticket of stripe ${s} has three holders`);
  if ((once & done) !== NO_BITS) broken.push(`S4: a ticket of stripe ${s} is done and leased`);
  if (leases.length > MAX_LEASES) broken.push(`S2: stripe ${s} has ${leases.length} leases`);
  const isNext = next.rev === (before?.rev ?? 0) + 1;
  const isFree = (known & ~done & ~once) !== NO_BITS;
  if (isNext && isFree && (twice & ~holdersOf(before?.leases ?? []).twice) !== NO_BITS) {
    broken.push(`L5: a ticket of stripe ${s} was given twice while another was free`);
  }
  return broken;
}

function holdersOf(leases: readonly Lease[]): { once: Bits; twice: Bits; thrice: Bits } {
  let [once, twice, thrice] = [NO_BITS, NO_BITS, NO_BITS];
  for (const { parts } of leases) {
    thrice |= twice & parts;
    twice |= once & parts;
    once |= parts;
  }
  return { once, twice, thrice };
}

function wire(stripe: Stripe): string {
  return JSON.stringify(stripeToWire(stripe));
}
