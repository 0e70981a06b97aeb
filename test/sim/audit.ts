import type { Ports, Stripes } from '../../functions/ports.ts';
import { partsOf } from '../../protocol/board/bits.ts';
import { geometryOf, partLength } from '../../protocol/board/geometry.ts';
import type { Stripe } from '../../protocol/board/stripe.ts';
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
  /** Once nothing happens any more. */
  atTheEnd(devices: readonly SimDevice[], isSilentlyLossy: boolean): void;
}

/** `truth`: the stripes as they are stored, past all that delays and fails. */
export function makeAudit(sizeBytes: number, bucket: SimBucket, truth: Pick<Stripes, 'load'>): Audit {
  const geometry = geometryOf(sizeBytes);
  const violations: string[] = [];
  const stored = new Map<number, Stripe>();
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

function wire(stripe: Stripe): string {
  return JSON.stringify(stripeToWire(stripe));
}
